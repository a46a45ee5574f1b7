//go:build openblas && cgo

// One call of C per op: matrix times vector by OpenBLAS, the exponential by
// SLEEF, with the widest vectors that the machine has.

#include <cblas.h>
#include <string.h>
#include "openblas.h"

typedef float  f32x4  __attribute__((vector_size(16)));
typedef double f64x2  __attribute__((vector_size(16)));
typedef float  f32x8  __attribute__((vector_size(32)));
typedef double f64x4  __attribute__((vector_size(32)));
typedef float  f32x16 __attribute__((vector_size(64)));
typedef double f64x8  __attribute__((vector_size(64)));

#ifdef __x86_64__
#define AVX512 __attribute__((target("avx512f,avx512dq,fma")))
#define AVX2   __attribute__((target("avx2,fma")))
#define BASE
AVX512 f32x16 Sleef_expf16_u10avx512f(f32x16);
AVX512 f64x8  Sleef_expd8_u10avx512f(f64x8);
AVX2   f32x8  Sleef_expf8_u10avx2(f32x8);
AVX2   f64x4  Sleef_expd4_u10avx2(f64x4);
f32x4 Sleef_expf4_u10sse2(f32x4);
f64x2 Sleef_expd2_u10sse2(f64x2);
#define EXPF4 Sleef_expf4_u10sse2
#define EXPD2 Sleef_expd2_u10sse2
#else
#define BASE
#include <arm_neon.h>
float32x4_t Sleef_expf4_u10advsimd(float32x4_t);
float64x2_t Sleef_expd2_u10advsimd(float64x2_t);
#define EXPF4(v) (f32x4)Sleef_expf4_u10advsimd((float32x4_t)(v))
#define EXPD2(v) (f64x2)Sleef_expd2_u10advsimd((float64x2_t)(v))
#endif

// SIGMA defines sigmoid_NAME, dst = σ(src + b), and delta_NAME,
// d = (σ(z + b) − y)·σ'(z + b), which returns Σd.
#define SIGMA(NAME, TARGET, T, V, EXP)                                          \
TARGET static void sigmoid_##NAME(T *dst, const T *src, T b, long n) {          \
	const long lanes = sizeof(V) / sizeof(T);                               \
	long i = 0;                                                             \
	V z, a;                                                                 \
	for (; i + lanes <= n; i += lanes) {                                    \
		memcpy(&z, src + i, sizeof z);                                  \
		a = 1 / (1 + EXP(-(z + b)));                                    \
		memcpy(dst + i, &a, sizeof a);                                  \
	}                                                                       \
	if (i < n) {                                                            \
		z = (V){0};                                                     \
		memcpy(&z, src + i, (n - i) * sizeof(T));                       \
		a = 1 / (1 + EXP(-(z + b)));                                    \
		memcpy(dst + i, &a, (n - i) * sizeof(T));                       \
	}                                                                       \
}                                                                               \
TARGET static T delta_##NAME(T *d, const T *z0, const T *y0, T b, long n) {     \
	const long lanes = sizeof(V) / sizeof(T);                               \
	long i = 0;                                                             \
	V z, y, a, sum = {0};                                                   \
	T total = 0;                                                            \
	for (; i + lanes <= n; i += lanes) {                                    \
		memcpy(&z, z0 + i, sizeof z);                                   \
		memcpy(&y, y0 + i, sizeof y);                                   \
		a = 1 / (1 + EXP(-(z + b)));                                    \
		a = (a - y) * a * (1 - a);                                      \
		sum += a;                                                       \
		memcpy(d + i, &a, sizeof a);                                    \
	}                                                                       \
	for (int k = 0; k < lanes; k++)                                         \
		total += sum[k];                                                \
	if (i < n) {                                                            \
		z = y = (V){0};                                                 \
		memcpy(&z, z0 + i, (n - i) * sizeof(T));                        \
		memcpy(&y, y0 + i, (n - i) * sizeof(T));                        \
		a = 1 / (1 + EXP(-(z + b)));                                    \
		a = (a - y) * a * (1 - a);                                      \
		memcpy(d + i, &a, (n - i) * sizeof(T));                         \
		for (int k = 0; k < n - i; k++)                                 \
			total += a[k];                                          \
	}                                                                       \
	return total;                                                           \
}

SIGMA(base32, BASE, float, f32x4, EXPF4)
SIGMA(base64, BASE, double, f64x2, EXPD2)
static void (*sigmoid32)(float *, const float *, float, long) = sigmoid_base32;
static void (*sigmoid64)(double *, const double *, double, long) = sigmoid_base64;
static float (*delta32)(float *, const float *, const float *, float, long) = delta_base32;
static double (*delta64)(double *, const double *, const double *, double, long) = delta_base64;

#ifdef __x86_64__
SIGMA(avx2_32, AVX2, float, f32x8, Sleef_expf8_u10avx2)
SIGMA(avx2_64, AVX2, double, f64x4, Sleef_expd4_u10avx2)
SIGMA(avx512_32, AVX512, float, f32x16, Sleef_expf16_u10avx512f)
SIGMA(avx512_64, AVX512, double, f64x8, Sleef_expd8_u10avx512f)
#endif

// ob_init chooses the vectors, makes OpenBLAS use one thread, and returns the
// name of the core that OpenBLAS works for.
const char *ob_init(void) {
#ifdef __x86_64__
	__builtin_cpu_init();
	if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")) {
		sigmoid32 = sigmoid_avx512_32, sigmoid64 = sigmoid_avx512_64;
		delta32 = delta_avx512_32, delta64 = delta_avx512_64;
	} else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
		sigmoid32 = sigmoid_avx2_32, sigmoid64 = sigmoid_avx2_64;
		delta32 = delta_avx2_32, delta64 = delta_avx2_64;
	}
#endif
	openblas_set_num_threads(1);
	return openblas_get_corename();
}

// OPS defines the ops. A single row is a dot product: that is faster.
#define OPS(BITS, T, GEMV, DOT)                                                                 \
static void product##BITS(T *z, const T *x, const T *w, long rows, long cols, long stride) {    \
	if (rows == 1)                                                                          \
		z[0] = DOT(cols, x, 1, w, 1);                                                   \
	else                                                                                    \
		GEMV(CblasRowMajor, CblasNoTrans, rows, cols, 1, x, stride, w, 1, 0, z, 1);     \
}                                                                                               \
T ob_step##BITS(const T *x, const T *w, const T *y, T *d, T *g,                                 \
	long rows, long cols, long stride, T b, long tile) {                                    \
	T gb = 0;                                                                               \
	for (long i = 0; i < rows; i += tile) {                                                 \
		long n = rows - i < tile ? rows - i : tile;                                     \
		product##BITS(d + i, x + i * stride, w, n, cols, stride);                       \
		gb += delta##BITS(d + i, d + i, y + i, b, n);                                   \
		GEMV(CblasRowMajor, CblasTrans, n, cols, 1, x + i * stride, stride,             \
			d + i, 1, i ? 1 : 0, g, 1);                                             \
	}                                                                                       \
	return gb;                                                                              \
}                                                                                               \
void ob_forward##BITS(T *yhat, const T *x, const T *w, long rows, long cols, long stride, T b) {\
	product##BITS(yhat, x, w, rows, cols, stride);                                          \
	sigmoid##BITS(yhat, yhat, b, rows);                                                     \
}                                                                                               \
void ob_sigmoid##BITS(T *dst, const T *src, long n) { sigmoid##BITS(dst, src, 0, n); }

OPS(32, float, cblas_sgemv, cblas_sdot)
OPS(64, double, cblas_dgemv, cblas_ddot)
