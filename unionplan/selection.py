"""What a reader asked to see of the plan: what one leader is in charge of, one department's, one body's; all where nothing is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from unionplan.attainment import Attainment, ItemState
from unionplan.narrative import CITY_PLAN
from unionplan.plan import Item, Plan, Target


@dataclass(frozen=True)
class Selection:
    """A leader, a department and a plan by name; "" asks for all of them."""

    leader: str = ""
    department: str = ""
    plan: str = ""

    @property
    def whole(self) -> bool:
        """Return whether nothing was asked for, so that everything is shown."""
        return not (self.leader or self.department or self.plan)

    @property
    def whose(self) -> str:
        """Return the words before what is shown: 陈副主席分管、经济工作部负责的; "" without a leader or department."""
        parts = [f"{self.leader}分管"] if self.leader else []
        parts += [f"{self.department}负责"] if self.department else []
        return "、".join(parts) + "的" if parts else ""

    @property
    def named(self) -> str:
        """Return the words before a figure of what is shown: 许副主席分管的, 市总计划的; "" where nothing was asked for."""
        return self.whose or (f"{self.plan}的" if self.plan else "")

    def states(self, states: Sequence[ItemState]) -> list[ItemState]:
        """Return the items that were asked for, in their order."""
        return [one for one in states if self._holds(one.item)]

    def rows(self, rows: Sequence[Attainment], plan: Plan) -> list[Attainment]:
        """Return the figures that answer what was asked for: those of the plan's items and of the city's own targets.

        A figure without a target is nobody's and is shown only where everything is.
        """
        targets = {(one.indicator, one.scope): one for one in plan.targets}
        held = {key for key, target in targets.items() if self._holds(target)}
        return [row for row in rows if self.whole or (row.indicator, row.scope) in held]

    def _holds(self, one: Item | Target) -> bool:
        plan = one.plan if isinstance(one, Item) else CITY_PLAN
        asked = ((self.leader, one.leader), (self.department, one.department), (self.plan, plan))
        return all(want in ("", own) for want, own in asked)


def leaders(plan: Plan) -> list[str]:
    """Return who is in charge of any item, in the plan's order."""
    return list(dict.fromkeys(item.leader for item in plan.items if item.leader))


def departments(plan: Plan) -> list[str]:
    """Return who is responsible for any item, in the plan's order."""
    return list(dict.fromkeys(item.department for item in plan.items if item.department))


def plans(plan: Plan) -> list[str]:
    """Return the bodies' plans, in their order."""
    return list(dict.fromkeys(item.plan for item in plan.items))


def shown_words(shown: Sequence[ItemState], every: Sequence[ItemState]) -> str:
    """Return how many items of each body are shown: 所选范围：市总计划46项中12项，机关工会计划21项中0项."""
    bodies = dict.fromkeys(one.item.plan for one in every)
    counts = [
        f"{plan}{sum(one.item.plan == plan for one in every)}项中{sum(one.item.plan == plan for one in shown)}项"
        for plan in bodies
    ]
    return f"所选范围：{'，'.join(counts)}。"
