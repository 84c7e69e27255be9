"""All mutants of a module, as source text. Pure.

Cosmic Ray's operators change expressions. Two kinds of fault that matter here are beyond them, and come from this file:
a table that says something else (an entry is missing, or leads elsewhere), and a statement that is missing. (mutmut 3
changes nothing outside functions, so no table at all.)
"""

import ast
import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from types import CodeType

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator

STANDARD = (
    # Each arithmetic operator by its opposite only: the ten others mostly fail at once, and flatter the score.
    *(f"ReplaceBinaryOperator_{pair}" for pair in ("Add_Sub", "Sub_Add", "Mul_Div", "Div_Mul", "FloorDiv_Div")),
    *(f"ReplaceBinaryOperator_{pair}" for pair in ("Mod_Mul", "LShift_RShift", "BitOr_BitAnd", "BitAnd_BitOr")),
    # Each comparison by the next one, which differs at the limit, and by its opposite.
    *(f"ReplaceComparisonOperator_{pair}" for pair in ("Lt_LtE", "LtE_Lt", "Gt_GtE", "GtE_Gt")),
    *(f"ReplaceComparisonOperator_{pair}" for pair in ("Lt_GtE", "LtE_Gt", "Gt_LtE", "GtE_Lt")),
    *(f"ReplaceComparisonOperator_{pair}" for pair in ("Eq_NotEq", "NotEq_Eq", "Is_IsNot", "IsNot_Is")),
    "ReplaceUnaryOperator_USub_UAdd",
    "ReplaceUnaryOperator_Delete_Not",
    "AddNot",
    "ReplaceTrueWithFalse",
    "ReplaceFalseWithTrue",
    "ReplaceAndWithOr",
    "ReplaceOrWithAnd",
    "ReplaceBreakWithContinue",
    "ReplaceContinueWithBreak",
    "ExceptionReplacer",
    "NumberReplacer",
    "RemoveDecorator",
    "ZeroIterationForLoop",
)
"""Cosmic Ray's operators."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a mutant changes, in words that stay when lines move."""

    definition: str
    """The function or class that it is in, ``Class.method``; empty outside."""
    line: str
    """The lines that go, without indentation."""
    becomes: str
    """The lines that come."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed module."""

    module: str
    path: str
    """Of the module's file."""
    operator: str
    row: int
    """Counted from 1."""
    place: Place
    source: str


def mutants(module: str, path: str, source: str) -> list[Mutant]:
    """The mutants of `source` in its order: what compiles, and to another bytecode than the source and those before."""
    tree = ast.parse(source)
    seen = {_bytecode(compile(source, path, "exec"))}
    found = []
    for operator, changed in (*_by_cosmic_ray(tree, source), *_by_tables(tree, source), *_by_statements(tree, source)):
        try:
            bytecode = _bytecode(compile(changed, path, "exec"))
        except SyntaxError:  # such as `not found := search()`
            continue
        if bytecode not in seen:
            seen.add(bytecode)
            row, line, becomes = _difference(source, changed)
            found.append(Mutant(module, path, operator, row, Place(_definition(tree, row), line, becomes), changed))
    return sorted(found, key=lambda mutant: mutant.row)


def _bytecode(code: CodeType) -> tuple[object, ...]:
    """What is executed, without line numbers."""
    constants = [_bytecode(one) if isinstance(one, CodeType) else (type(one), repr(one)) for one in code.co_consts]
    return code.co_code, code.co_exceptiontable, code.co_names, code.co_varnames, tuple(constants)


def _difference(source: str, changed: str) -> tuple[int, str, str]:
    """The number of the first line that differs, the lines that differ as they are, and as they become."""
    before, after = ([line.rstrip() for line in text.splitlines()] for text in (source, changed))
    blocks = [
        block for block in difflib.SequenceMatcher(None, before, after, False).get_opcodes() if block[0] != "equal"
    ]
    (_, begin, _, new_begin, _), (_, _, end, _, new_end) = blocks[0], blocks[-1]
    while not before[begin]:
        begin += 1
    return begin + 1, _text(before[begin:end]), _text(after[new_begin:new_end])


def _text(lines: list[str]) -> str:
    """Without indentation, comments and what Cosmic Ray leaves of blanks."""
    code = (re.sub(r"(?<=[(\[]) +", "", " ".join(line.split("  #")[0].split())) for line in lines)
    return "\n".join(line for line in code if line)


def _definition(tree: ast.AST, row: int) -> str:
    names, found = [], True
    while found:
        found = False
        for node in ast.iter_child_nodes(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
                if first <= row <= (node.end_lineno or row):
                    names.append(node.name)
                    tree, found = node, True
                    break
    return ".".join(names)


# -- Cosmic Ray's ------------------------------------------------------------------------------------------------------


def _by_cosmic_ray(tree: ast.AST, source: str) -> Iterator[tuple[str, str]]:
    annotations = [
        ((node.lineno, node.col_offset), (node.end_lineno or 0, node.end_col_offset or 0))
        for node in _annotations(tree)
    ]
    lines = source.splitlines()
    nodes = list(ast_nodes(get_ast(source)))
    for name in STANDARD:
        operator = get_operator(f"core/{name}")()
        positions = (position for node in nodes for position in operator.mutation_positions(node))
        for occurrence, (start, _) in zip(count(), positions):
            # Annotations are the type checkers' to read: at run time nothing reads them. A lone asterisk parts parameters.
            is_code = not any(begin <= start < end for begin, end in annotations)
            if is_code and not lines[start[0] - 1][start[1] :].startswith("*,"):
                changed = mutate_code(source, operator, occurrence)
                if changed is not None:
                    yield name, changed


def _annotations(tree: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        match node:
            case ast.arg(annotation=ast.expr() as part) | ast.AnnAssign(annotation=part):
                yield part
            case ast.FunctionDef(returns=ast.expr() as part) | ast.AsyncFunctionDef(returns=ast.expr() as part):
                yield part
            case ast.Subscript(value=ast.Name(id="Callable")):
                yield node


# -- Tables ------------------------------------------------------------------------------------------------------------


def _by_tables(tree: ast.Module, source: str) -> Iterator[tuple[str, str]]:
    """An entry or an element is missing; an entry has another one's value; an Enum's member is the next one."""
    members = _members(tree)
    annotations = {node for annotation in _annotations(tree) for node in ast.walk(annotation)}
    for node in ast.walk(tree):
        if node in annotations:
            continue
        match node:
            case ast.Dict(keys=keys, values=values):
                for place, (key, value) in enumerate(zip(keys, values, strict=True)):
                    if key is not None:
                        yield "RemoveEntry", _without(source, key, value)
                        others = [*values[place + 1 :], *values[:place]]
                        other = next((other for other in others if ast.dump(other) != ast.dump(value)), None)
                        if other:
                            yield "ReplaceEntry", _spliced(source, value, _source(source, other))
                    if isinstance(value, ast.Tuple):
                        yield from _shorter(value, source)
            case ast.Set() | ast.List(ctx=ast.Load()):
                yield from _shorter(node, source)
            # Other tuples are pairs: half a pair fails at once.
            case ast.Call(args=arguments):
                yield from (found for one in arguments if isinstance(one, ast.Tuple) for found in _shorter(one, source))
            case ast.comprehension(iter=ast.Tuple() as elements):
                yield from _shorter(elements, source)
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if attribute in members.get(name, ()):
                another = members[name][(members[name].index(attribute) + 1) % len(members[name])]
                yield "ReplaceMember", _spliced(source, node, f"{name}.{another}")


def _shorter(node: ast.Set | ast.List | ast.Tuple, source: str) -> Iterator[tuple[str, str]]:
    for element in node.elts:
        yield "RemoveEntry", _without(source, element, element)


def _members(tree: ast.Module) -> dict[str, list[str]]:
    """The members of the Enums of the module by the Enum's name, and by its other names (``_S = TransportState``)."""
    found: dict[str, list[str]] = {}
    for node in tree.body:
        match node:
            case ast.ClassDef(name=name, bases=[ast.Name(id="Enum" | "StrEnum" | "IntEnum"), *_], body=body):
                found[name] = [
                    target.id
                    for statement in body
                    if isinstance(statement, ast.Assign)
                    for target in statement.targets
                    if isinstance(target, ast.Name)
                ]
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Name(id=other)) if other in found:
                found[name] = found[other]
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=others)):
                for one, other_name in zip(names, others, strict=True):
                    if isinstance(one, ast.Name) and isinstance(other_name, ast.Name) and other_name.id in found:
                        found[one.id] = found[other_name.id]
    return found


# -- Statements --------------------------------------------------------------------------------------------------------


def _by_statements(tree: ast.AST, source: str) -> Iterator[tuple[str, str]]:
    """A statement is missing. Only in functions: elsewhere nothing could be imported."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for statement in ast.walk(function):
                match statement:
                    case ast.Expr(value=ast.Constant()):
                        pass  # documentation
                    case ast.Expr() | ast.Assign() | ast.AugAssign() | ast.AnnAssign(value=ast.expr()) | ast.Delete():
                        yield "RemoveStatement", _spliced(source, statement, "pass")
                    case ast.Return() | ast.Raise() | ast.Assert():
                        yield "RemoveStatement", _spliced(source, statement, "pass")


# -- Text --------------------------------------------------------------------------------------------------------------


def _offsets(source: str, first: ast.expr | ast.stmt, last: ast.expr | ast.stmt) -> tuple[int, int]:
    """In bytes: the columns of `ast` are bytes of UTF-8."""
    lines = source.encode().splitlines(keepends=True)
    rows = [0]
    for line in lines:
        rows.append(rows[-1] + len(line))
    return rows[first.lineno - 1] + first.col_offset, rows[(last.end_lineno or 0) - 1] + (last.end_col_offset or 0)


def _source(source: str, node: ast.expr) -> str:
    begin, end = _offsets(source, node, node)
    return source.encode()[begin:end].decode()


def _spliced(source: str, node: ast.expr | ast.stmt, text: str) -> str:
    begin, end = _offsets(source, node, node)
    raw = source.encode()
    return (raw[:begin] + text.encode() + raw[end:]).decode()


def _without(source: str, first: ast.expr, last: ast.expr) -> str:
    """Without `first` to `last` and the comma behind them."""
    begin, end = _offsets(source, first, last)
    before, behind = source.encode()[:begin].decode(), source.encode()[end:].decode()
    alone = before.rstrip().endswith("(") and re.match(r",?\s*\)", behind)  # `(a,)` without a is `()`, not `(,)`
    return (
        before + re.sub(r"^,", "", behind) if alone or behind.startswith(",") else re.sub(r",\s*$", "", before) + behind
    )
