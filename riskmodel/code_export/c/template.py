"""The header's text, with places for what the model says."""

from __future__ import annotations

HEADER = """\
/* Decision of model {sha256}. C99; link with -lm.
 *
 * A row is an array of {columns} doubles, NAN where a value is missing:
{listed}
 * A level is passed as what {name}_level(column, text) gives for it. Many rows are fastest in {name}_pd_rows and
 * {name}_decide_rows, compiled with -O2 by GCC 12, Clang 15 or later (-O3 before); not with -ffast-math.
 */
#ifndef {guard}
#define {guard}

#include <math.h>
#include <string.h>

#ifdef __FAST_MATH__
#error "-ffast-math takes no value for missing: compile without it"
#endif

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
  (void)x;
{terms}
  return sum;
}}

static inline double {name}_pd(const double *x) {{ return 1.0 / (1.0 + exp(-{name}_margin(x))); }}
{effects}
/* Everything that follows from the log-odds of a row that is not set aside. */
static inline void {name}_follow(const double *raw, double margin, {name}_decision *out) {{
  static const char *const decisions[3] = {{ {decisions} }};
  static const double edges[{edge_count}] = {{ {edges} }};
  const volatile double change = {slope} * margin; /* rounded before the sum, whatever the compiler would fuse */
  int place = 0;
  memset(out, 0, sizeof *out);
  out->pd = 1.0 / (1.0 + exp(-margin));
  out->points = (int)nearbyint({start} + change);
  while (place < {grades} && out->pd >= edges[place]) place++;
  out->grade = "{letters}"[place];
  out->decision = decisions[(out->pd >= {refer_from}) + (out->pd >= {cutoff})];
  if (out->pd >= {refer_from}) {{
    double x[{guard}_FEATURES];
    {name}_features(raw, x);
    {name}_reasons(x, out->reason);
  }}
}}

/* Everything that follows from a row. */
static inline void {name}_decide(const double *raw, {name}_decision *out) {{
  double x[{guard}_FEATURES];
  const char *why = {name}_fault(raw);
  if (why) {{
    memset(out, 0, sizeof *out);
    out->pd = NAN;
    out->why = why;
    return;
  }}
  {name}_features(raw, x);
  {name}_follow(raw, {name}_margin(x), out);
}}
{blocks}
#endif
"""

REASONS = """
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
NO_REASONS = """
static inline void {name}_reasons(const double *x, const char **reason) {{ (void)x; (void)reason; }}
"""
