//go:build !purego

// Copies scattered rows, for any arm64 (ASIMD).
//
//	for rows:
//		fetch the lines of the row so many rows behind, if there is one
//		copy 64 bytes at a time, then 16, then 4

#include "textflag.h"

#define DST   R0
#define SRC   R1
#define ROWS  R2
#define N     R3 // rows that are not copied yet
#define LEFT  R4 // rows that are not fetched yet
#define IN     R5 // cursor in the row of src
#define OUT     R6 // and in that of dst
#define COUNT R7 // bytes that are left of it

// func rowBytes(dst, src unsafe.Pointer, rows *int, n, left, bytes, dstStride, srcStride, ahead int)
TEXT ·rowBytes(SB), NOSPLIT, $0-72
	MOVD dst+0(FP), DST
	MOVD src+8(FP), SRC
	MOVD rows+16(FP), ROWS
	MOVD n+24(FP), N
	MOVD left+32(FP), LEFT
	MOVD bytes+40(FP), R10
	MOVD dstStride+48(FP), R11
	MOVD srcStride+56(FP), R12
	MOVD ahead+64(FP), R13

row:
	SUBS $1, LEFT
	BLT  copy
	MOVD (ROWS)(R13<<3), IN
	MADD R12, SRC, IN, IN
	ADD  R10, IN, COUNT
	SUB  $1, COUNT // the last byte

fetch:
	PRFM (IN), PLDL1KEEP
	ADD  $64, IN
	CMP  COUNT, IN
	BLS  fetch
	PRFM (COUNT), PLDL1KEEP

copy:
	MOVD.P 8(ROWS), IN
	MADD R12, SRC, IN, IN
	MOVD DST, OUT
	ADD  R11, DST
	SUBS $64, R10, COUNT
	BLT  rest

copy64:
	VLD1.P 64(IN), [V0.B16, V1.B16, V2.B16, V3.B16]
	VST1.P [V0.B16, V1.B16, V2.B16, V3.B16], 64(OUT)
	SUBS $64, COUNT
	BGE  copy64

rest:
	ADDS $48, COUNT // of 16 bytes
	BLT  rest4

copy16:
	VLD1.P 16(IN), [V0.B16]
	VST1.P [V0.B16], 16(OUT)
	SUBS $16, COUNT
	BGE  copy16

rest4:
	ADDS $12, COUNT // of 4
	BLT  next

copy4:
	MOVWU.P 4(IN), R14
	MOVW.P  R14, 4(OUT)
	SUBS $4, COUNT
	BGE  copy4

next:
	SUBS $1, N
	BNE  row
	RET
