"""One C99 header without dependencies (libm aside): from raw values to a decision, as a function that inlines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from string import ascii_uppercase

from riskmodel.code_export.attributions import UNITS
from riskmodel.code_export.decider import Decider, is_category
from riskmodel.core import DECISIONS, Column
from riskmodel.errors import RiskModelError
from riskmodel.trees.conditions import Condition, Rule

UNSEEN = -1.0  # what a level that train did not have is passed as
WORD = 64  # levels that one mask holds

_TEMPLATE = """\
/* Decision of model {sha256}. C99; link with -lm.
 *
 * A row is an array of {columns} doubles, NAN where a value is missing:
{listed}
 * A level is passed as what {name}_level(column, text) gives for it.
 */
#ifndef {guard}
#define {guard}

#include <math.h>
#include <string.h>

enum {{ {guard}_COLUMNS = {columns}, {guard}_FEATURES = {features}, {guard}_REASONS = {reasons} }};

typedef struct {{
  double pd;
  int points;
  char grade;
  const char *decision;
  const char *reason[4]; /* NULL where there are no more */
  const char *why;       /* the first reason why the row is set aside, NULL where it is not; then pd is NAN */
}} {name}_decision;

/* The number of a level in a column; NAN is missing, {unseen} a level that the model does not know. */
static inline double {name}_level(int column, const char *text) {{
  if (!text) return NAN;
  switch (column) {{
{levels}
  default: return NAN;
  }}
}}

/* Why a row is set aside, NULL where it is not. */
static inline const char *{name}_fault(const double *raw) {{
{faults}
  return 0;
}}

/* What the model is given of a row. */
static inline void {name}_features(const double *raw, double *x) {{
{encoded}
}}

/* Log-odds of default. */
static inline double {name}_margin(const double *x) {{
  double sum = {intercept};
{terms}
  return sum;
}}

static inline double {name}_pd(const double *x) {{ return 1.0 / (1.0 + exp(-{name}_margin(x))); }}
{effects}
/* Everything that follows from a row. */
static inline void {name}_decide(const double *raw, {name}_decision *out) {{
  static const char *const decisions[3] = {{ {decisions} }};
  static const double edges[{edge_count}] = {{ {edges} }};
  double x[{guard}_FEATURES], margin;
  int place = 0;
  memset(out, 0, sizeof *out);
  out->pd = NAN;
  if ((out->why = {name}_fault(raw))) return;
  {name}_features(raw, x);
  margin = {name}_margin(x);
  out->pd = 1.0 / (1.0 + exp(-margin));
  out->points = (int)nearbyint({start} + {slope} * margin);
  while (place < {grades} && out->pd >= edges[place]) place++;
  out->grade = "{letters}"[place];
  out->decision = decisions[(out->pd >= {refer_from}) + (out->pd >= {cutoff})];
  if (out->pd >= {refer_from}) {name}_reasons(x, out->reason);
}}

#endif
"""

_REASONS = """
/* What raises the log-odds most, at most four texts, the strongest first. */
static inline void {name}_reasons(const double *x, const char **reason) {{
  static const char *const texts[{count}] = {{ {texts} }};
  double effect[{count}];
  int rank, i, best;
{sums}
  for (rank = 0; rank < 4; rank++) {{
    best = 0;
    for (i = 1; i < {count}; i++) if (effect[i] > effect[best]) best = i;
    if (!(effect[best] > 0)) return;
    reason[rank] = texts[best];
    effect[best] = 0;
  }}
}}
"""
_NO_REASONS = """
static inline void {name}_reasons(const double *x, const char **reason) {{ (void)x; (void)reason; }}
"""


def c_header(decider: Decider, name: str, *, reasons: bool = True) -> str:
    """The header; every function in it begins with `name`.

    Raises: RiskModelError for a name that C has no identifier for, UnsupportedScorer as `Decider` does.
    """
    if not re.fullmatch(r"[A-Za-z]\w{0,40}", name, re.ASCII):
        raise RiskModelError(f"the name must be letters, digits and _, first a letter, at most 41, however: {name!r}")
    intercept, rules = decider.margin
    effects = decider.short_effects if reasons else ()
    texts = ", ".join(_string(effect.text) for effect in effects)
    reason_code = (_REASONS if effects else _NO_REASONS).format(
        name=name, count=len(effects), texts=texts, sums="\n".join(_sums(decider)) if effects else ""
    )
    edges, policy = decider.policy.grade_edges, decider.policy
    return _TEMPLATE.format(
        sha256=decider.model_sha256,
        name=name,
        guard=name.upper(),
        columns=len(decider.columns),
        listed="\n".join(f" *   {i}: {_comment(column)}" for i, column in enumerate(decider.columns)),
        features=len(decider.features),
        reasons=len(effects),
        unseen=UNSEEN,
        levels="\n".join(_levels(feature, decider) for feature in decider.features if is_category(feature)),
        faults="\n".join(line for feature in decider.features for line in _faults(feature, decider)),
        encoded="\n".join(f"  x[{i}] = {_feature(feature, decider)};" for i, feature in enumerate(decider.features)),
        intercept=repr(intercept),
        terms="\n".join(f"  sum += {_rule(rule)};" for rule in rules),
        effects=reason_code,
        decisions=", ".join(map(_string, DECISIONS)),
        edges=", ".join(map(repr, edges)) or "0.0",
        edge_count=max(1, len(edges)),
        grades=len(edges),
        letters=ascii_uppercase[: len(edges) + 1],
        start=repr(decider.scale.start(0.0)),
        slope=repr(decider.scale.change(1.0)),
        refer_from=repr(policy.refer_from),
        cutoff=repr(policy.cutoff),
    )


def _sums(decider: Decider) -> Iterator[str]:
    """What each reason adds, in whole units, tree by tree: its gates, their shares, and what it adds to each."""
    effects = decider.short_effects
    for i, effect in enumerate(effects):
        yield f"  effect[{i}] = {' + '.join(map(_rule, effect.rules)) or '0.0'};"
    for tree, gates in enumerate(decider.gates):
        yield "  {"
        for gate in gates:
            shares = (f"{name} = {gate.text(point)}" for name, point in gate.shares.items())
            yield f"    const double {', '.join([f'{gate.name} = {_rule(gate.rule)}', *shares])};"
        for i, effect in enumerate(effects):
            if tree in effect.sums:
                yield f"    effect[{i}] += {effect.sums[tree]};"
        yield "  }"
    yield f"  for (i = 0; i < {len(effects)}; i++) effect[i] = floor({UNITS!r} * effect[i] + 0.5);"


def _string(text: str) -> str:
    """A C string; what is not ASCII as octal bytes of UTF-8, which need no universal names."""
    return '"' + "".join(_byte(byte) for byte in text.encode()) + '"'


def _byte(byte: int) -> str:
    plain = 32 <= byte < 127 and byte not in b'"\\?'
    return chr(byte) if plain else f"\\{byte:03o}"


def _comment(text: str) -> str:
    return json.dumps(text).replace("*/", "* /")


def _levels(feature: Column, decider: Decider) -> str:
    lines = [f"  case {decider.columns.index(feature.read_from)}:"]
    for text, code in decider.spellings(feature).items():
        lines.append(f"    if (!strcmp(text, {_string(text)})) return {'NAN' if code is None else float(code)};")
    other = float(len(feature.categories) - 1) if feature.other else UNSEEN
    return "\n".join([*lines, f"    return {other};"])


def _feature(feature: Column, decider: Decider) -> str:
    raw = f"raw[{decider.columns.index(feature.read_from)}]"
    if is_category(feature):
        return f"{raw} >= 0 ? {raw} : NAN"
    codes = [f"{raw} == {code!r}" for code in feature.codes]
    if feature.source:
        return f"{' || '.join(codes)} ? 1.0 : 0.0"
    missing = [*codes, f"isinf({raw})"]
    if decider.scoring.out_of_range == "missing" and (outside := _outside(feature, raw)):
        missing.append(outside)
    return f"{' || '.join(missing)} ? NAN : {raw}"


def _outside(feature: Column, raw: str) -> str:
    if feature.low is None or feature.high is None:
        return ""
    not_code = "".join(f" && {raw} != {code!r}" for code in feature.codes)
    return f"(({raw} < {feature.low!r} || {raw} > {feature.high!r}){not_code})"


def _faults(feature: Column, decider: Decider) -> list[str]:
    if feature.source:
        return []
    raw, rules, aside = f"raw[{decider.columns.index(feature.read_from)}]", decider.scoring, {"quarantine", "refuse"}
    faults = []
    if rules.wrong_type in aside and not is_category(feature):
        faults.append(("wrong type", f"isinf({raw})"))
    if rules.missing_value in aside and not feature.nullable:
        faults.append(("missing value", f"isnan({raw})"))
    if rules.unseen in aside and is_category(feature) and not feature.other:
        faults.append(("unseen level", f"{raw} < 0"))
    if rules.out_of_range in aside and not is_category(feature) and (outside := _outside(feature, raw)):
        faults.append(("out of range", f"{outside} && !isinf({raw})"))
    return [f"  if ({when}) return {_string(f'{feature.read_from}: {what}')};" for what, when in faults]


def _rule(rule: Rule) -> str:
    if isinstance(rule, float):
        return repr(rule)
    return f"({_condition(rule.condition)} ? {_rule(rule.yes)} : {_rule(rule.no)})"


def _condition(condition: Condition) -> str:
    name = f"x[{condition.feature}]"
    if condition.kind == "missing":
        return f"isnan({name})"
    if condition.kind == "zero":
        return f"fabs({name}) <= 1.0000000180025095e-35"
    if condition.kind == "in":
        return _listed(name, condition.codes)
    return f"{name} {'>' if condition.kind == 'above' else '<='} {condition.edge!r}"


def _listed(name: str, codes: Sequence[int]) -> str:
    """Whether a code is one of these: a mask where they are small."""
    if max(codes) >= WORD:
        return "(" + " || ".join(f"{name} == {code}" for code in codes) + ")"
    mask = sum(1 << code for code in codes)
    return f"({name} >= 0 && {name} < {WORD} && ({mask:#x}ULL >> (int){name} & 1))"
