#include "textflag.h"

// Each function returns the exclusive or of all words of so many lines of 64
// bytes. They differ in how they walk the memory; see Ways.

#define P     SI // cursor
#define LINES CX // lines left

#define ZERO \
	VPXOR Y0, Y0, Y0; \
	VPXOR Y1, Y1, Y1; \
	VPXOR Y2, Y2, Y2; \
	VPXOR Y3, Y3, Y3; \
	VPXOR Y4, Y4, Y4; \
	VPXOR Y5, Y5, Y5; \
	VPXOR Y6, Y6, Y6; \
	VPXOR Y7, Y7, Y7

// LINES4 reads four lines in halves, and prefetches four from 256 bytes ahead.
#define LINES4(PREFETCH) \
	PREFETCH(256); \
	VPXOR 0(P), Y0, Y0; \
	VPXOR 32(P), Y1, Y1; \
	PREFETCH(320); \
	VPXOR 64(P), Y2, Y2; \
	VPXOR 96(P), Y3, Y3; \
	PREFETCH(384); \
	VPXOR 128(P), Y4, Y4; \
	VPXOR 160(P), Y5, Y5; \
	PREFETCH(448); \
	VPXOR 192(P), Y6, Y6; \
	VPXOR 224(P), Y7, Y7

#define NONE(DISTANCE)
#define NTA(DISTANCE) PREFETCHNTA DISTANCE(P)
#define T0(DISTANCE)  PREFETCHT0 DISTANCE(P)

// TAIL reads the lines that are left.
#define TAIL(tail, line, done) \
tail: \
	TESTQ LINES, LINES; \
	JZ    done; \
line: \
	VPXOR 0(P), Y0, Y0; \
	VPXOR 32(P), Y1, Y1; \
	ADDQ  $64, P; \
	DECQ  LINES; \
	JNZ   line; \
done:

// FINISH combines Y0 to Y7 and returns.
#define FINISH \
	VPXOR        Y1, Y0, Y0; \
	VPXOR        Y3, Y2, Y2; \
	VPXOR        Y5, Y4, Y4; \
	VPXOR        Y7, Y6, Y6; \
	VPXOR        Y2, Y0, Y0; \
	VPXOR        Y6, Y4, Y4; \
	VPXOR        Y4, Y0, Y0; \
	VEXTRACTI128 $1, Y0, X1; \
	VPXOR        X1, X0, X0; \
	VPSRLDQ      $8, X0, X1; \
	VPXOR        X1, X0, X0; \
	VMOVQ        X0, AX; \
	VZEROUPPER; \
	MOVQ         AX, ret+16(FP); \
	RET

#define AVX2(PREFETCH) \
	MOVQ p+0(FP), P; \
	MOVQ lines+8(FP), LINES; \
	ZERO; \
	SUBQ $4, LINES; \
	JLT  rest; \
	PCALIGN $32; \
loop: \
	LINES4(PREFETCH); \
	ADDQ $256, P; \
	SUBQ $4, LINES; \
	JGE  loop; \
rest: \
	ADDQ $4, LINES; \
	TAIL(tail, line, done); \
	FINISH

// func xorAVX2(p *uint64, lines int) uint64
TEXT ·xorAVX2(SB), NOSPLIT, $0-24
	AVX2(NONE)

// func xorAVX2T0(p *uint64, lines int) uint64
TEXT ·xorAVX2T0(SB), NOSPLIT, $0-24
	AVX2(T0)

// func xorAVX2NTA(p *uint64, lines int) uint64
TEXT ·xorAVX2NTA(SB), NOSPLIT, $0-24
	AVX2(NTA)

// HALVES brings the upper halves of Z0 to Z7 into the lower ones.
#define HALVE(Z, Y) \
	VEXTRACTI64X4 $1, Z, Y8; \
	VPXOR         Y8, Y, Y

#define HALVES \
	HALVE(Z0, Y0); \
	HALVE(Z1, Y1); \
	HALVE(Z2, Y2); \
	HALVE(Z3, Y3); \
	HALVE(Z4, Y4); \
	HALVE(Z5, Y5); \
	HALVE(Z6, Y6); \
	HALVE(Z7, Y7)

// func xorAVX512(p *uint64, lines int) uint64
TEXT ·xorAVX512(SB), NOSPLIT, $0-24
	MOVQ p+0(FP), P
	MOVQ lines+8(FP), LINES
	ZERO
	SUBQ $8, LINES
	JLT  rest
	PCALIGN $32

loop:
	VPXORQ 0(P), Z0, Z0
	VPXORQ 64(P), Z1, Z1
	VPXORQ 128(P), Z2, Z2
	VPXORQ 192(P), Z3, Z3
	VPXORQ 256(P), Z4, Z4
	VPXORQ 320(P), Z5, Z5
	VPXORQ 384(P), Z6, Z6
	VPXORQ 448(P), Z7, Z7
	ADDQ $512, P
	SUBQ $8, LINES
	JGE  loop

rest:
	ADDQ $8, LINES
	HALVES
	TAIL(tail, line, done)
	FINISH

// Four neighbouring pages at a time, two lines of each in turn.
//
// func xorAVX512Pages(p *uint64, lines int) uint64
TEXT ·xorAVX512Pages(SB), NOSPLIT, $0-24
	MOVQ p+0(FP), P
	MOVQ lines+8(FP), LINES
	ZERO
	SUBQ $256, LINES
	JLT  rest

pages:
	MOVL $32, DX
	PCALIGN $32

loop:
	VPXORQ 0(P), Z0, Z0
	VPXORQ 4096(P), Z1, Z1
	VPXORQ 8192(P), Z2, Z2
	VPXORQ 12288(P), Z3, Z3
	VPXORQ 64(P), Z4, Z4
	VPXORQ 4160(P), Z5, Z5
	VPXORQ 8256(P), Z6, Z6
	VPXORQ 12352(P), Z7, Z7
	ADDQ $128, P
	DECL DX
	JNZ  loop
	ADDQ $12288, P
	SUBQ $256, LINES
	JGE  pages

rest:
	ADDQ $256, LINES
	HALVES
	TAIL(tail, line, done)
	FINISH
