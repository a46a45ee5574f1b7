//go:build !purego

// Copies scattered rows, for any amd64 (SSE2).
//
//	for rows:
//		fetch the lines of the row so many rows behind, if there is one
//		copy 64 bytes at a time, then 16, then 4

#include "textflag.h"

#define DST   DI
#define SRC   SI
#define ROWS  DX
#define N     R8 // rows that are not copied yet
#define LEFT  R9 // rows that are not fetched yet
#define IN     AX // cursor in the row of src
#define OUT     BX // and in that of dst
#define COUNT CX // bytes that are left of it

// func rowBytes(dst, src unsafe.Pointer, rows *int, n, left, bytes, dstStride, srcStride, ahead int)
TEXT ·rowBytes(SB), NOSPLIT, $0-72
	MOVQ dst+0(FP), DST
	MOVQ src+8(FP), SRC
	MOVQ rows+16(FP), ROWS
	MOVQ n+24(FP), N
	MOVQ left+32(FP), LEFT
	MOVQ bytes+40(FP), R10
	MOVQ dstStride+48(FP), R11
	MOVQ srcStride+56(FP), R12
	MOVQ ahead+64(FP), R13

row:
	DECQ LEFT
	JLT  copy
	MOVQ  (ROWS)(R13*8), IN
	IMULQ R12, IN
	ADDQ  SRC, IN
	LEAQ  -1(IN)(R10*1), COUNT // the last byte

fetch:
	PREFETCHT0 (IN)
	ADDQ $64, IN
	CMPQ IN, COUNT
	JLS  fetch
	PREFETCHT0 (COUNT)

copy:
	MOVQ  (ROWS), IN
	ADDQ  $8, ROWS
	IMULQ R12, IN
	ADDQ  SRC, IN
	MOVQ  DST, OUT
	ADDQ  R11, DST
	MOVQ  R10, COUNT
	SUBQ  $64, COUNT
	JLT   rest

copy64:
	MOVUPS (IN), X0
	MOVUPS 16(IN), X1
	MOVUPS 32(IN), X2
	MOVUPS 48(IN), X3
	MOVUPS X0, (OUT)
	MOVUPS X1, 16(OUT)
	MOVUPS X2, 32(OUT)
	MOVUPS X3, 48(OUT)
	ADDQ $64, IN
	ADDQ $64, OUT
	SUBQ $64, COUNT
	JGE  copy64

rest:
	ADDQ $48, COUNT // of 16 bytes
	JLT  rest4

copy16:
	MOVUPS (IN), X0
	MOVUPS X0, (OUT)
	ADDQ $16, IN
	ADDQ $16, OUT
	SUBQ $16, COUNT
	JGE  copy16

rest4:
	ADDQ $12, COUNT // of 4
	JLT  next

copy4:
	MOVSS (IN), X0
	MOVSS X0, (OUT)
	ADDQ $4, IN
	ADDQ $4, OUT
	SUBQ $4, COUNT
	JGE  copy4

next:
	DECQ N
	JNZ  row
	RET
