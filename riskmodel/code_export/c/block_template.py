"""The text of the functions that take many rows, with places for what the model says."""

from __future__ import annotations

BLOCKS = """
/* Many rows: the same answers to the last bit, several times as fast. Rows go in blocks; a value becomes a byte, the
 * number of edges below it, and a tree is one pass over its splits: column, limit, first leaf below, first leaf on the
 * right. A lane holds the first leaf that its row can still come to (after QuickScorer, Lucchese et al. 2015).
 */
#ifdef __GNUC__
#define {guard}_INLINE static inline __attribute__((always_inline))
#define {guard}_ALONE(at) __asm__("" : "+r"(at)) /* no vectors: GCC would fill them value by value */
#else
#define {guard}_INLINE static inline
#define {guard}_ALONE(at) (void)0
#endif

enum {{ {guard}_LANES = {lanes} }};

static const double {name}_edges[] = {{ {edges} }};
static const unsigned short {name}_splits[][4] = {{ {splits} }};
/* Bytes: their place, their feature, how they are found, and where their edges or listed codes start and how many. */
static const int {name}_bytes[][5] = {{ {bytes} }};
static const int {name}_trees[][2] = {{ {trees} }};
static const double {name}_values[] = {{ {values} }};
static const unsigned char {name}_listed[] = {{ {listed} }};

{guard}_INLINE void {name}_count_above(const double *restrict x, const double *restrict edges, int count,
                                       unsigned char *restrict to) {{
  double below[{guard}_LANES] = {{0}};
  int e, i;
  for (e = 0; e < count; e += 4)
    for (i = 0; i < {guard}_LANES; i++)
      below[i] += (x[i] > edges[e] ? 1.0 : 0.0) + (x[i] > edges[e + 1] ? 1.0 : 0.0) +
                  (x[i] > edges[e + 2] ? 1.0 : 0.0) + (x[i] > edges[e + 3] ? 1.0 : 0.0);
  for (i = 0; i < {guard}_LANES; i++) to[i] = (unsigned char)(int)below[i];
}}

{guard}_INLINE void {name}_count_at_most(const double *restrict x, const double *restrict edges, int count,
                                         unsigned char *restrict to) {{
  double below[{guard}_LANES] = {{0}};
  int e, i;
  for (e = 0; e < count; e += 4)
    for (i = 0; i < {guard}_LANES; i++)
      below[i] += (x[i] <= edges[e] ? 0.0 : 1.0) + (x[i] <= edges[e + 1] ? 0.0 : 1.0) +
                  (x[i] <= edges[e + 2] ? 0.0 : 1.0) + (x[i] <= edges[e + 3] ? 0.0 : 1.0);
  for (i = 0; i < {guard}_LANES; i++) to[i] = (unsigned char)(int)below[i];
}}

{guard}_INLINE void {name}_search_above(const double *restrict x, const double *restrict edges, int count,
                                        unsigned char *restrict to) {{
  int at[{guard}_LANES] = {{0}}, step, i;
  for (step = (count + 1) / 2; step; step /= 2)
    for (i = 0; i < {guard}_LANES; i++) at[i] += x[i] > edges[at[i] + step - 1] ? step : 0;
  for (i = 0; i < {guard}_LANES; i++) to[i] = (unsigned char)at[i];
}}

{guard}_INLINE void {name}_search_at_most(const double *restrict x, const double *restrict edges, int count,
                                          unsigned char *restrict to) {{
  int at[{guard}_LANES] = {{0}}, step, i;
  for (step = (count + 1) / 2; step; step /= 2)
    for (i = 0; i < {guard}_LANES; i++) at[i] += x[i] <= edges[at[i] + step - 1] ? 0 : step;
  for (i = 0; i < {guard}_LANES; i++) to[i] = (unsigned char)at[i];
}}

/* Whether the whole part of a value is listed. */
{guard}_INLINE void {name}_look_up(const double *restrict x, const unsigned char *restrict listed, int count,
                                   unsigned char *restrict to) {{
  const double most = count;
  int i;
  for (i = 0; i < {guard}_LANES; i++) {{
    const double known = x[i] >= 0 ? x[i] : most; /* no branch: what is missing is no code either */
    to[i] = (unsigned char)(int)(known < most ? known : most);
  }}
  for (i = 0; i < {guard}_LANES; i++) {{
    unsigned at = to[i];
    {guard}_ALONE(at);
    to[i] = listed[at];
  }}
}}

/* The bytes of one feature; what is asked of the next one. */
{guard}_INLINE const int (*{name}_answer(int feature, const double *restrict x, const int (*asked)[5],
                                         unsigned char *restrict bytes))[5] {{
  for (; (*asked)[1] == feature; asked++) {{
    unsigned char *to = bytes + (*asked)[0] * {guard}_LANES;
    const double *edges = {name}_edges + (*asked)[3];
    switch ((*asked)[2]) {{
    case {count_above}: {name}_count_above(x, edges, (*asked)[4], to); break;
    case {count_at_most}: {name}_count_at_most(x, edges, (*asked)[4], to); break;
    case {search_above}: {name}_search_above(x, edges, (*asked)[4], to); break;
    case {search_at_most}: {name}_search_at_most(x, edges, (*asked)[4], to); break;
    default: {name}_look_up(x, {name}_listed + (*asked)[3], (*asked)[4], to);
    }}
  }}
  return asked;
}}

/* The leaf of each lane in a tree. */
{guard}_INLINE void {name}_leaf(int tree, const unsigned char *restrict bytes, unsigned char *restrict leaf) {{
  const unsigned short (*split)[4] = {name}_splits + {name}_trees[tree][0];
  int i;
  memset(leaf, 0, {guard}_LANES);
  for (; (*split)[3]; split++) {{
    const unsigned char *restrict byte = bytes + (*split)[0] * {guard}_LANES;
    const unsigned char limit = (unsigned char)(*split)[1], below = (unsigned char)(*split)[2];
    const unsigned char change = (unsigned char)(below ^ (*split)[3]);
    for (i = 0; i < {guard}_LANES; i++) {{
      const unsigned char right = byte[i] > limit ? 255 : 0, here = leaf[i] == below ? 255 : 0;
      leaf[i] ^= (unsigned char)(change & right & here);
    }}
  }}
}}

/* Four trees at a time, added one after another. */
{guard}_INLINE void {name}_add(int tree, int last, const unsigned char *restrict bytes, double *restrict sum) {{
  unsigned char leaf[4][{guard}_LANES];
  const double *values[4];
  int i, t;
  for (; tree < last; tree += 4) {{
    for (t = 0; t < 4 && tree + t < last; t++) {{
      {name}_leaf(tree + t, bytes, leaf[t]);
      values[t] = {name}_values + {name}_trees[tree + t][1];
    }}
    if (t < 4) break;
    for (i = 0; i < {guard}_LANES; i++) {{
      unsigned at = leaf[0][i];
      {guard}_ALONE(at);
      sum[i] = (((sum[i] + values[0][at]) + values[1][leaf[1][i]]) + values[2][leaf[2][i]]) + values[3][leaf[3][i]];
    }}
  }}
  for (t = 0; tree + t < last; t++)
    for (i = 0; i < {guard}_LANES; i++) sum[i] += values[t][leaf[t][i]];
}}

/* Log-odds of a block of rows, and which of them are set aside. */
{guard}_INLINE void {name}_block(const double *restrict raw, double *restrict sum, long long *restrict aside) {{
  unsigned char bytes[{byte_count} * {guard}_LANES];
  double v[{guard}_LANES], x[{guard}_LANES];
  const int (*asked)[5] = {name}_bytes;
  int feature, i;
  for (i = 0; i < {guard}_LANES; i++) sum[i] = {intercept};
  for (i = 0; i < {guard}_LANES; i++) aside[i] = 0;
  for (feature = 0; feature < {guard}_FEATURES; feature++) {{
    switch (feature) {{
{answers}
    }}
    asked = {name}_answer(feature, x, asked, bytes);
  }}
{terms}
}}

#if defined(__GNUC__) && defined(__x86_64__)
__attribute__((target("avx2"))) static inline void {name}_block_avx2(
    const double *raw, double *sum, long long *aside) {{
  {name}_block(raw, sum, aside);
}}

__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))) static inline void {name}_block_avx512(
    const double *raw, double *sum, long long *aside) {{
  {name}_block(raw, sum, aside);
}}
#endif

static inline void {name}_any_block(const double *raw, double *sum, long long *aside) {{
#if defined(__GNUC__) && defined(__x86_64__)
  if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {{
    {name}_block_avx512(raw, sum, aside);
    return;
  }}
  if (__builtin_cpu_supports("avx2")) {{
    {name}_block_avx2(raw, sum, aside);
    return;
  }}
#endif
  {name}_block(raw, sum, aside);
}}

/* The PD of each row, NAN for one that is set aside. */
static inline void {name}_pd_rows(const double *raw, long rows, double *pd) {{
  double sum[{guard}_LANES], x[{guard}_FEATURES];
  long long aside[{guard}_LANES];
  long row = 0;
  int i;
  for (; rows - row >= {guard}_LANES; row += {guard}_LANES) {{
    {name}_any_block(raw + row * {guard}_COLUMNS, sum, aside);
    for (i = 0; i < {guard}_LANES; i++) pd[row + i] = aside[i] ? NAN : 1.0 / (1.0 + exp(-sum[i]));
  }}
  for (; row < rows; row++) {{
    {name}_features(raw + row * {guard}_COLUMNS, x);
    pd[row] = {name}_fault(raw + row * {guard}_COLUMNS) ? NAN : {name}_pd(x);
  }}
}}

/* Everything that follows from each row. */
static inline void {name}_decide_rows(const double *raw, long rows, {name}_decision *out) {{
  double sum[{guard}_LANES];
  long long aside[{guard}_LANES];
  long row = 0;
  int i;
  for (; rows - row >= {guard}_LANES; row += {guard}_LANES) {{
    {name}_any_block(raw + row * {guard}_COLUMNS, sum, aside);
    for (i = 0; i < {guard}_LANES; i++) {{
      const double *own = raw + (row + i) * {guard}_COLUMNS;
      if (aside[i]) {name}_decide(own, out + row + i);
      else {name}_follow(own, sum[i], out + row + i);
    }}
  }}
  for (; row < rows; row++) {name}_decide(raw + row * {guard}_COLUMNS, out + row);
}}
"""
