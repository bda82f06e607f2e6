"""unionplan: a trade-union federation's work plan, kept beside what has been reached."""

__version__ = "0.5.0"
