"""Small changes of a module's text, by rule: a mutation tool's operators, on the syntax tree.

A hand-made mutant takes out what its author thought of; these change what nobody thought of. Prose
stays as it is: strings, annotations, decorators. So does what Python itself would refuse.
"""

import ast
from dataclasses import dataclass
from itertools import pairwise

OPPOSITES: dict[type[ast.cmpop], tuple[str, ...]] = {
    ast.Eq: ("!=",),
    ast.NotEq: ("==",),
    ast.Lt: (">=", "<="),
    ast.LtE: (">", "<"),
    ast.Gt: ("<=", ">="),
    ast.GtE: ("<", ">"),
    ast.Is: ("is not",),
    ast.IsNot: ("is",),
    ast.In: ("not in",),
    ast.NotIn: ("in",),
}

ARITHMETIC: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "+"),
    ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "*"),
    ast.BitOr: ("|", "&"),
    ast.BitAnd: ("&", "|"),
}

NAMES = {"min": "max", "max": "min", "any": "all", "all": "any", "sorted": "list"}


@dataclass(frozen=True, slots=True)
class Change:
    """Bytes `start` to `end` of a module become `new`; `line` and `text` are where they stand.

    `function` is the qualified name of the outermost function whose body it is in, None if none.
    """

    start: int
    end: int
    line: int
    text: str
    function: str | None
    old: str
    new: str

    @property
    def told(self) -> str:
        """What was changed, on one line."""
        return f"{' '.join(self.old.split())} → {self.new}"

    def applied(self, source: bytes) -> bytes:
        """Return the module with the change."""
        return source[: self.start] + self.new.encode() + source[self.end :]


def changes(source: bytes) -> tuple[Change, ...]:
    """Return every change of a module that is still Python, in the order of its text."""
    found = Finder(source)
    found.visit(ast.parse(source))
    unlike = {(each.start, each.end, each.new): each for each in found.changes}
    return tuple(
        each
        for each in sorted(unlike.values(), key=lambda each: (each.start, each.end, each.new))
        if is_python(each.applied(source))
    )


def is_python(source: bytes) -> bool:
    """Tell whether it compiles."""
    try:
        compile(source, "mutant", "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True


class Finder(ast.NodeVisitor):
    """Walks a module and notes what could be changed."""

    def __init__(self, source: bytes) -> None:
        self._source = source
        self._lines = source.splitlines(keepends=True)
        self._starts = [sum(map(len, self._lines[:n])) for n in range(len(self._lines) + 1)]
        self._classes: list[str] = []
        self._function: str | None = None
        self._decided: set[ast.expr] = set()
        self.changes: list[Change] = []

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        for each in (*node.args.defaults, *filter(None, node.args.kw_defaults)):
            self.visit(each)
        around = self._function
        self._function = around or ".".join((*self._classes, node.name))
        for statement in node.body:
            self.visit(statement)
        self._function = around

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._classes.append(node.name)
        for each in node.body:
            self.visit(each)
        self._classes.pop()

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """Prose."""

    def visit_Compare(self, node: ast.Compare) -> None:
        """The opposite of a test that both answers are played for shows nothing more."""
        sides = (node.left, *node.comparators)
        for operator, (left, right) in zip(node.ops, pairwise(sides), strict=True):
            for new in OPPOSITES[type(operator)][node in self._decided :]:
                self._between(left, right, _spelled(operator), new)
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        old, new, neutral = ("and", "or", "True")
        if isinstance(node.op, ast.Or):
            old, new, neutral = ("or", "and", "False")
        for left, right in pairwise(node.values):
            self._between(left, right, old, new)
        for value in node.values:
            self._note(value, neutral)
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if type(node.op) in ARITHMETIC:
            self._between(node.left, node.right, *ARITHMETIC[type(node.op)])
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not):
            start = self._at(node)[0]
            self._add(start, start + len("not "), node.lineno, "")
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool):
            self._note(node, str(not node.value))
        elif isinstance(node.value, int | float):
            self._note(node, repr(node.value + 1))

    def visit_If(self, node: ast.If) -> None:
        self._either(node.test)
        self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self._either(node.test)
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        for test in node.ifs:
            self._note(test, "True")
        self.generic_visit(node)

    def visit_For(self, node: ast.For) -> None:
        self._note(node.iter, "()")
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name) and node.func.id in NAMES:
            self._note(node.func, NAMES[node.func.id])
        if isinstance(node.func, ast.Attribute) and node.func.attr in {"lower", "casefold"}:
            self._add(self._at(node.func.value)[1], self._at(node)[1], node.lineno, "")
        self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):
            self._note(node, "pass")
            self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self._note(node, "pass")
        self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> None:
        self._note(node, "pass")

    def visit_Continue(self, node: ast.Continue) -> None:
        self._note(node, "pass")

    def visit_Break(self, node: ast.Break) -> None:
        self._note(node, "pass")

    def visit_Return(self, node: ast.Return) -> None:
        if node.value is not None:
            self._note(node, "return None")
        self.generic_visit(node)

    def _either(self, test: ast.expr) -> None:
        self._decided.add(test)
        self._note(test, "True")
        self._note(test, "False")

    def _between(self, left: ast.expr, right: ast.expr, old: str, new: str) -> None:
        """Change an operator, which is no node of its own."""
        start, end = self._at(left)[1], self._at(right)[0]
        at = self._source.find(old.encode(), start, end)
        self._add(at, at + len(old), left.end_lineno or left.lineno, new)

    def _note(self, node: ast.expr | ast.stmt, new: str) -> None:
        start, end = self._at(node)
        if self._source[start:end] != new.encode():
            self._add(start, end, node.lineno, new)

    def _add(self, start: int, end: int, line: int, new: str) -> None:
        text = self._lines[line - 1].decode().strip()
        self.changes.append(
            Change(start, end, line, text, self._function, self._source[start:end].decode(), new)
        )

    def _at(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """Where it stands, in bytes; the syntax tree counts columns in bytes too."""
        end_line, end_column = node.end_lineno, node.end_col_offset
        if end_line is None or end_column is None:
            raise AssertionError("a parsed node has its end")
        start = self._starts[node.lineno - 1] + node.col_offset
        return start, self._starts[end_line - 1] + end_column


def _spelled(operator: ast.cmpop) -> str:
    """An operator as it stands in the text; ruff's format knows one spelling each."""
    spelled: dict[type[ast.cmpop], str] = {
        ast.Eq: "==",
        ast.NotEq: "!=",
        ast.Lt: "<",
        ast.LtE: "<=",
        ast.Gt: ">",
        ast.GtE: ">=",
        ast.Is: "is",
        ast.IsNot: "is not",
        ast.In: "in",
        ast.NotIn: "not in",
    }
    return spelled[type(operator)]
