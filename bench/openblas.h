// What the benchmarks call of OpenBLAS and SLEEF: see openblas.c.

float ob_step32(const float *x, const float *w, const float *y, float *d, float *g,
	long rows, long cols, long stride, float b, long tile);
double ob_step64(const double *x, const double *w, const double *y, double *d, double *g,
	long rows, long cols, long stride, double b, long tile);
void ob_forward32(float *yhat, const float *x, const float *w, long rows, long cols, long stride, float b);
void ob_forward64(double *yhat, const double *x, const double *w, long rows, long cols, long stride, double b);
void ob_sigmoid32(float *dst, const float *src, long n);
void ob_sigmoid64(double *dst, const double *src, long n);
const char *ob_init(void);
