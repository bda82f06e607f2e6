# Two commands are enough: `make run` opens the board with sample data, `make test` installs and runs everything.
PYTHON ?= python3
PORT ?= 8501
BIN := .venv/bin

.PHONY: run test check fix bench

run: .venv/installed
	$(BIN)/python -m unionplan demo
	$(BIN)/python -m unionplan serve --store data/demo --port $(PORT)

test: .venv/installed-dev browser
	$(BIN)/python -m pytest -n 2

check: .venv/installed-dev browser
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n 2

fix: .venv/installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/installed-dev
	$(BIN)/python -m benchmarks

.venv/installed: requirements.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

.venv/installed-dev: requirements.txt requirements-dev.txt .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

# Debian's own browser and Chinese fonts, only where they are missing.
.PHONY: browser
browser:
	@command -v chromium >/dev/null && fc-list :lang=zh 2>/dev/null | grep -q . || { \
	  if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fontconfig fonts-noto-cjk >/dev/null; \
	  else echo "请先安装 chromium 和中文字体（如 fonts-noto-cjk）"; exit 1; fi; }
