"""Small changes to a source file that its tests should notice, each as an edit of the text.

Comparisons, arithmetic, numbers, truth values, conditions, statements left out, arguments left to their
defaults, least and greatest exchanged. Left alone is what no test should look at: documentation, annotations,
messages, strings, decorators and assertions.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

COMPARISONS: dict[type[ast.cmpop], tuple[str, tuple[str, ...]]] = {
    ast.Lt: ("<", ("<=", ">=")),
    ast.LtE: ("<=", ("<", ">")),
    ast.Gt: (">", (">=", "<=")),
    ast.GtE: (">=", (">", "<")),
    ast.Eq: ("==", ("!=",)),
    ast.NotEq: ("!=", ("==",)),
    ast.Is: ("is", ("is not",)),
    ast.IsNot: ("is not", ("is",)),
    ast.In: ("in", ("not in",)),
    ast.NotIn: ("not in", ("in",)),
}
ARITHMETIC: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "/"),
    ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "*"),
    ast.Mod: ("%", "*"),
    ast.Pow: ("**", "*"),
    ast.LShift: ("<<", ">>"),
    ast.RShift: (">>", "<<"),
    ast.BitAnd: ("&", "|"),
    ast.BitOr: ("|", "&"),
    ast.BitXor: ("^", "&"),
}
_PAIRS = (
    *(("min", "max"), ("amin", "amax"), ("argmin", "argmax"), ("minimum", "maximum"), ("floor", "ceil")),
    *(("any", "all"), ("zeros", "ones"), ("zeros_like", "ones_like"), ("new_zeros", "new_ones")),
)
EXCHANGED = {one: other for pair in _PAIRS for one, other in (pair, pair[::-1])}
CLAMPS = ("clamp", "clamp_", "clip")


@dataclass(frozen=True, order=True)
class Mutant:
    """A change to a file.

    Attributes:
        path: of the file, as given.
        line: where the change begins, from 1.
        start: first byte of what is replaced.
        end: the byte after it.
        new: what stands there instead.
    """

    path: str
    line: int
    start: int
    end: int
    new: str

    def applied(self, source: bytes) -> bytes:
        """The file's content with the change."""
        return source[: self.start] + self.new.encode() + source[self.end :]

    def before(self, source: bytes) -> str:
        """The lines that are changed, as one."""
        return _lines(source, self.start, self.end)

    def after(self, source: bytes) -> str:
        """These lines with the change, as one."""
        return _lines(self.applied(source), self.start, self.start + len(self.new.encode()))


def mutants(path: str, source: bytes) -> list[Mutant]:
    """All changes to a file, in the order of the text."""
    finder = _Finder(path, source)
    finder.visit(ast.parse(source))
    return sorted(set(finder.found))


class _Finder(ast.NodeVisitor):
    def __init__(self, path: str, source: bytes) -> None:
        self.path, self.source = path, source
        self.starts = [0, *accumulate(len(line) for line in source.splitlines(keepends=True))]
        self.found: list[Mutant] = []

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._visit_all(
            [*node.args.defaults, *(value for value in node.args.kw_defaults if value), *node.body]
        )

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._visit_all(node.body)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self._visit_all([node.value] if node.value else [])

    def visit_Assert(self, node: ast.AST) -> None:
        """Left alone."""

    visit_JoinedStr = visit_Assert

    def visit_Raise(self, node: ast.Raise) -> None:
        self._replace(node, "pass")

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, (ast.Constant, ast.Yield, ast.YieldFrom)):
            self._replace(node, "pass")
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        if not any(isinstance(part, ast.Name) for target in node.targets for part in _parts(target)):
            self._replace(node, "pass")  # where a name was bound, the next line would fail
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self._replace(node, "pass")
        self._exchange(node.target, node.value, *ARITHMETIC.get(type(node.op), ("", "")))
        self.generic_visit(node)

    def visit_Continue(self, node: ast.Continue | ast.Break) -> None:
        self._replace(node, "pass")

    visit_Break = visit_Continue

    def visit_If(self, node: ast.If | ast.IfExp) -> None:
        self._negate(node.test)
        self.generic_visit(node)

    visit_IfExp = visit_If

    def visit_comprehension(self, node: ast.comprehension) -> None:
        for test in node.ifs:
            self._negate(test)
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        for (left, right), op in zip(pairwise([node.left, *node.comparators]), node.ops, strict=True):
            old, others = COMPARISONS[type(op)]
            for new in others:
                self._exchange(left, right, old, new)
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        self._exchange(node.left, node.right, *ARITHMETIC.get(type(node.op), ("", "")))
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        words = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        for left, right in pairwise(node.values):
            self._exchange(left, right, *words)
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        self._replace(node, self._text(node.operand))
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool):
            self._replace(node, str(not node.value))
        elif isinstance(node.value, int):
            self._replace(node, str(node.value + 1))
        elif isinstance(node.value, float):
            self._replace(node, str(2 * node.value or 1.0))

    def visit_Call(self, node: ast.Call) -> None:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in EXCHANGED:
            end = self._span(node.func)[1]
            self._edit(end - len(name), end, EXCHANGED[name])
        if isinstance(node.func, ast.Attribute):  # of a library; our own functions have no default to fall to
            for gone in node.keywords:
                kept = [keyword for keyword in node.keywords if keyword is not gone]
                self._replace(node, ast.unparse(ast.Call(node.func, node.args, kept)))
        if name in CLAMPS:
            self._exchange_ends(node)
        self.generic_visit(node)

    def _exchange_ends(self, node: ast.Call) -> None:
        for keyword in node.keywords:
            if keyword.arg in EXCHANGED:
                start = self._span(keyword)[0]
                self._edit(start, start + len(keyword.arg), EXCHANGED[keyword.arg])
        if len(node.args) == 2:
            self._edit(
                self._span(node.args[0])[0],
                self._span(node.args[1])[1],
                f"{self._text(node.args[1])}, {self._text(node.args[0])}",
            )

    def _visit_all(self, nodes: Sequence[ast.AST]) -> None:
        for node in nodes:
            self.visit(node)

    def _negate(self, test: ast.expr) -> None:
        self._replace(test, f"not ({self._text(test)})")

    def _exchange(self, left: ast.expr, right: ast.expr, old: str, new: str) -> None:
        """Another operator between two operands."""
        start, end = self._span(left)[1], self._span(right)[0]
        at = self.source.find(old.encode(), start, end)
        if old and at >= 0:
            self._edit(at, at + len(old), new)

    def _replace(self, node: ast.AST, new: str) -> None:
        self._edit(*self._span(node), new)

    def _edit(self, start: int, end: int, new: str) -> None:
        line = self.source.count(b"\n", 0, start) + 1
        self.found.append(Mutant(self.path, line, start, end, new))

    def _text(self, node: ast.expr) -> str:
        start, end = self._span(node)
        return self.source[start:end].decode()

    def _span(self, node: ast.AST) -> tuple[int, int]:
        """First byte of a node, and the byte after it."""
        assert isinstance(node, (ast.stmt, ast.expr, ast.keyword)) and node.end_lineno and node.end_col_offset
        start = self.starts[node.lineno - 1] + node.col_offset
        return start, self.starts[node.end_lineno - 1] + node.end_col_offset


def _parts(target: ast.expr) -> Iterator[ast.expr]:
    """The single targets of an assignment."""
    if isinstance(target, (ast.Tuple, ast.List)):
        for part in target.elts:
            yield from _parts(part)
    else:
        yield target


def _lines(source: bytes, start: int, end: int) -> str:
    """The whole lines around a piece of text, their space folded."""
    first, last = source.rfind(b"\n", 0, start) + 1, source.find(b"\n", end)
    return " ".join(source[first : last if last >= 0 else None].decode().split())
