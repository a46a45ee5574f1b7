// The steps of halving the lanes of several rows at once: each takes two
// registers with the lanes of different rows, adds half of the lanes of every
// row to the other half, and leaves the sums of both in A. They clobber T.

// FOLD512: A holds one row, B another; then A = 256 bits of A, 256 bits of B.
#define FOLD512(A, B) \
	VSHUFF64X2 $0x4E, B, A, T; \
	VMOVAPD B, HIGHHALF, A; \
	VADDPS T, A, A

// FOLD256: A and B hold two rows each; then A holds 128 bits of each of four.
#define FOLD256(A, B) \
	VSHUFF64X2 $0xDD, B, A, T; \
	VSHUFF64X2 $0x88, B, A, A; \
	VADDPS T, A, A

// FOLD128: A and B hold four rows each; then each 128 bits of A hold 64 bits
// of a row of A and of a row of B.
#define FOLD128(A, B) \
	VSHUFPS $0x4E, B, A, T; \
	VMOVAPD B, HIGHPAIRS, A; \
	VADDPS T, A, A

// FOLD64: the last step for 16 rows.
#define FOLD64(A, B) \
	VSHUFPS $0xDD, B, A, T; \
	VSHUFPS $0x88, B, A, A; \
	VADDPS T, A, A
