"""The quick test of credit codes accepts exactly what the library accepts of plainly written ones."""

from hypothesis import example, given
from hypothesis import strategies as st
from stdnum.cn import uscc

from unionplan.intake.credit_codes import plainly_valid

LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
BODIES = st.builds(str.__add__, st.text("0123456789", min_size=8, max_size=8), st.text(LETTERS, min_size=9, max_size=9))
CODES = st.one_of(
    BODIES.map(lambda body: body + uscc.calc_check_digit(body)),
    BODIES.flatmap(lambda body: st.sampled_from(LETTERS + "IOSVZ a").map(lambda last: body + last)),
    st.text(LETTERS + "IOSVZ", min_size=18, max_size=18),
    st.text(max_size=20),
)


@given(st.lists(CODES, max_size=20))
@example(["91360100０00000000X"])
def test_a_code_is_plainly_valid_exactly_when_the_library_accepts_it_as_it_stands(codes):
    expected = [uscc.is_valid(code) and uscc.compact(code) == code for code in codes]
    assert plainly_valid(codes) == expected
