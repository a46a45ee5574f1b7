#include "textflag.h"

// Each function returns the exclusive or of all words of so many lines of 64
// bytes.

// func xorAVX512(p *uint64, lines int) uint64
TEXT ·xorAVX512(SB), NOSPLIT, $0-24
	MOVQ   p+0(FP), SI
	MOVQ   lines+8(FP), CX
	VPXORQ Z0, Z0, Z0
	VPXORQ Z1, Z1, Z1
	VPXORQ Z2, Z2, Z2
	VPXORQ Z3, Z3, Z3
	VPXORQ Z4, Z4, Z4
	VPXORQ Z5, Z5, Z5
	VPXORQ Z6, Z6, Z6
	VPXORQ Z7, Z7, Z7
	SUBQ   $8, CX
	JLT    tail
	PCALIGN $32

loop:
	VPXORQ 0(SI), Z0, Z0
	VPXORQ 64(SI), Z1, Z1
	VPXORQ 128(SI), Z2, Z2
	VPXORQ 192(SI), Z3, Z3
	VPXORQ 256(SI), Z4, Z4
	VPXORQ 320(SI), Z5, Z5
	VPXORQ 384(SI), Z6, Z6
	VPXORQ 448(SI), Z7, Z7
	ADDQ   $512, SI
	SUBQ   $8, CX
	JGE    loop

tail:
	ADDQ $8, CX
	JZ   done

line:
	VPXORQ 0(SI), Z0, Z0
	ADDQ   $64, SI
	DECQ   CX
	JNZ    line

done:
	VPXORQ       Z1, Z0, Z0
	VPXORQ       Z3, Z2, Z2
	VPXORQ       Z5, Z4, Z4
	VPXORQ       Z7, Z6, Z6
	VPXORQ       Z2, Z0, Z0
	VPXORQ       Z6, Z4, Z4
	VPXORQ       Z4, Z0, Z0
	VEXTRACTI64X4 $1, Z0, Y1
	VPXOR        Y1, Y0, Y0
	VEXTRACTI128 $1, Y0, X1
	VPXOR        X1, X0, X0
	VPSRLDQ      $8, X0, X1
	VPXOR        X1, X0, X0
	VMOVQ        X0, AX
	VZEROUPPER
	MOVQ         AX, ret+16(FP)
	RET

// func xorAVX2(p *uint64, lines int) uint64
TEXT ·xorAVX2(SB), NOSPLIT, $0-24
	MOVQ  p+0(FP), SI
	MOVQ  lines+8(FP), CX
	VPXOR Y0, Y0, Y0
	VPXOR Y1, Y1, Y1
	VPXOR Y2, Y2, Y2
	VPXOR Y3, Y3, Y3
	VPXOR Y4, Y4, Y4
	VPXOR Y5, Y5, Y5
	VPXOR Y6, Y6, Y6
	VPXOR Y7, Y7, Y7
	SUBQ  $4, CX
	JLT   tail
	PCALIGN $32

loop:
	VPXOR 0(SI), Y0, Y0
	VPXOR 32(SI), Y1, Y1
	VPXOR 64(SI), Y2, Y2
	VPXOR 96(SI), Y3, Y3
	VPXOR 128(SI), Y4, Y4
	VPXOR 160(SI), Y5, Y5
	VPXOR 192(SI), Y6, Y6
	VPXOR 224(SI), Y7, Y7
	ADDQ  $256, SI
	SUBQ  $4, CX
	JGE   loop

tail:
	ADDQ $4, CX
	JZ   done

line:
	VPXOR 0(SI), Y0, Y0
	VPXOR 32(SI), Y1, Y1
	ADDQ  $64, SI
	DECQ  CX
	JNZ   line

done:
	VPXOR        Y1, Y0, Y0
	VPXOR        Y3, Y2, Y2
	VPXOR        Y5, Y4, Y4
	VPXOR        Y7, Y6, Y6
	VPXOR        Y2, Y0, Y0
	VPXOR        Y6, Y4, Y4
	VPXOR        Y4, Y0, Y0
	VEXTRACTI128 $1, Y0, X1
	VPXOR        X1, X0, X0
	VPSRLDQ      $8, X0, X1
	VPXOR        X1, X0, X0
	VMOVQ        X0, AX
	VZEROUPPER
	MOVQ         AX, ret+16(FP)
	RET

// xorAVX2NTA also prefetches a few lines ahead.
//
// func xorAVX2NTA(p *uint64, lines int) uint64
TEXT ·xorAVX2NTA(SB), NOSPLIT, $0-24
	MOVQ  p+0(FP), SI
	MOVQ  lines+8(FP), CX
	VPXOR Y0, Y0, Y0
	VPXOR Y1, Y1, Y1
	VPXOR Y2, Y2, Y2
	VPXOR Y3, Y3, Y3
	VPXOR Y4, Y4, Y4
	VPXOR Y5, Y5, Y5
	VPXOR Y6, Y6, Y6
	VPXOR Y7, Y7, Y7
	SUBQ  $4, CX
	JLT   tail
	PCALIGN $32

loop:
	PREFETCHNTA 256(SI)
	VPXOR 0(SI), Y0, Y0
	VPXOR 32(SI), Y1, Y1
	PREFETCHNTA 320(SI)
	VPXOR 64(SI), Y2, Y2
	VPXOR 96(SI), Y3, Y3
	PREFETCHNTA 384(SI)
	VPXOR 128(SI), Y4, Y4
	VPXOR 160(SI), Y5, Y5
	PREFETCHNTA 448(SI)
	VPXOR 192(SI), Y6, Y6
	VPXOR 224(SI), Y7, Y7
	ADDQ  $256, SI
	SUBQ  $4, CX
	JGE   loop

tail:
	ADDQ $4, CX
	JZ   done

line:
	VPXOR 0(SI), Y0, Y0
	VPXOR 32(SI), Y1, Y1
	ADDQ  $64, SI
	DECQ  CX
	JNZ   line

done:
	VPXOR        Y1, Y0, Y0
	VPXOR        Y3, Y2, Y2
	VPXOR        Y5, Y4, Y4
	VPXOR        Y7, Y6, Y6
	VPXOR        Y2, Y0, Y0
	VPXOR        Y6, Y4, Y4
	VPXOR        Y4, Y0, Y0
	VEXTRACTI128 $1, Y0, X1
	VPXOR        X1, X0, X0
	VPSRLDQ      $8, X0, X1
	VPXOR        X1, X0, X0
	VMOVQ        X0, AX
	VZEROUPPER
	MOVQ         AX, ret+16(FP)
	RET
