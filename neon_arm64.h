// Vector instructions that the Go assembler lacks, or has for registers by
// name only. Here registers go by number, so that macros can count: op(m, n,
// d) is op Vm, Vn, Vd, the assembler's order, that is d = n op m; op(n, d) is
// d = op n. 4S is four float32, 2D two float64.

// Four registers in a row are worked by four instructions, which do not depend
// on each other: FOUR(op, m, n, d). FOURM has the same m for all; FOUR1 is for
// one operand.
#define FOUR(op, m, n, d) \
	op(m, n, d) \
	op(m+1, n+1, d+1) \
	op(m+2, n+2, d+2) \
	op(m+3, n+3, d+3)
#define FOURM(op, m, n, d) \
	op(m, n, d) \
	op(m, n+1, d+1) \
	op(m, n+2, d+2) \
	op(m, n+3, d+3)
#define FOUR1(op, n, d) \
	op(n, d) \
	op(n+1, d+1) \
	op(n+2, d+2) \
	op(n+3, d+3)

#define FADD_4S(m, n, d) WORD $(0x4E20D400 | (m)<<16 | (n)<<5 | (d))
#define FADD_2D(m, n, d) WORD $(0x4E60D400 | (m)<<16 | (n)<<5 | (d))
#define FSUB_2D(m, n, d) WORD $(0x4EE0D400 | (m)<<16 | (n)<<5 | (d))
#define FMUL_4S(m, n, d) WORD $(0x6E20DC00 | (m)<<16 | (n)<<5 | (d))
#define FMUL_2D(m, n, d) WORD $(0x6E60DC00 | (m)<<16 | (n)<<5 | (d))
#define FDIV_2D(m, n, d) WORD $(0x6E60FC00 | (m)<<16 | (n)<<5 | (d))
#define FMAX_4S(m, n, d) WORD $(0x4E20F400 | (m)<<16 | (n)<<5 | (d))
#define FMAX_2D(m, n, d) WORD $(0x4E60F400 | (m)<<16 | (n)<<5 | (d))
#define FABS_4S(n, d) WORD $(0x4EA0F800 | (n)<<5 | (d))
#define FABS_2D(n, d) WORD $(0x4EE0F800 | (n)<<5 | (d))
#define FNEG_2D(n, d) WORD $(0x6EE0F800 | (n)<<5 | (d))

// Sums of neighbours: those of n in the lower half of d, those of m in the
// upper.
#define FADDP_4S(m, n, d) WORD $(0x6E20D400 | (m)<<16 | (n)<<5 | (d))
#define FADDP_2D(m, n, d) WORD $(0x6E60D400 | (m)<<16 | (n)<<5 | (d))

// Fused: d += n*m and d -= n*m.
#define FMLA_4S(m, n, d) WORD $(0x4E20CC00 | (m)<<16 | (n)<<5 | (d))
#define FMLA_2D(m, n, d) WORD $(0x4E60CC00 | (m)<<16 | (n)<<5 | (d))
#define FMLS_2D(m, n, d) WORD $(0x4EE0CC00 | (m)<<16 | (n)<<5 | (d))

// By element i of m: d = n*m[i], d += n*m[i], fused.
#define FMULE_4S(i, m, n, d) WORD $(0x4F809000 | ((i)&1)<<21 | ((i)>>1)<<11 | (m)<<16 | (n)<<5 | (d))
#define FMULE_2D(i, m, n, d) WORD $(0x4FC09000 | (i)<<11 | (m)<<16 | (n)<<5 | (d))
#define FMLAE_4S(i, m, n, d) WORD $(0x4F801000 | ((i)&1)<<21 | ((i)>>1)<<11 | (m)<<16 | (n)<<5 | (d))
#define FMLAE_2D(i, m, n, d) WORD $(0x4FC01000 | (i)<<11 | (m)<<16 | (n)<<5 | (d))

// Comparisons, all ones for true: n >= m, |n| > |m|; n >= 0, n < 0, n == 0; n <
// 0 as an integer, which is the sign of a number.
#define FCMGE_4S(m, n, d) WORD $(0x6E20E400 | (m)<<16 | (n)<<5 | (d))
#define FCMGE_2D(m, n, d) WORD $(0x6E60E400 | (m)<<16 | (n)<<5 | (d))
#define FACGT_2D(m, n, d) WORD $(0x6EE0EC00 | (m)<<16 | (n)<<5 | (d))
#define FACGT_4S(m, n, d) WORD $(0x6EA0EC00 | (m)<<16 | (n)<<5 | (d))
#define FCMGEZ_4S(n, d) WORD $(0x6EA0C800 | (n)<<5 | (d))
#define FCMGEZ_2D(n, d) WORD $(0x6EE0C800 | (n)<<5 | (d))
#define FCMLTZ_4S(n, d) WORD $(0x4EA0E800 | (n)<<5 | (d))
#define FCMLTZ_2D(n, d) WORD $(0x4EE0E800 | (n)<<5 | (d))
#define FCMEQZ_2D(n, d) WORD $(0x4EE0D800 | (n)<<5 | (d))
#define CMLTZ_4S(n, d) WORD $(0x4EA0A800 | (n)<<5 | (d))
#define CMLTZ_2D(n, d) WORD $(0x4EE0A800 | (n)<<5 | (d))

// Bits: n & m, n &^ m, n | m, n ^ m; d = n where m is set, d = n where m is
// clear.
#define AND_16B(m, n, d) WORD $(0x4E201C00 | (m)<<16 | (n)<<5 | (d))
#define BIC_16B(m, n, d) WORD $(0x4E601C00 | (m)<<16 | (n)<<5 | (d))
#define ORR_16B(m, n, d) WORD $(0x4EA01C00 | (m)<<16 | (n)<<5 | (d))
#define EOR_16B(m, n, d) WORD $(0x6E201C00 | (m)<<16 | (n)<<5 | (d))
#define BIT_16B(m, n, d) WORD $(0x6EA01C00 | (m)<<16 | (n)<<5 | (d))
#define BIF_16B(m, n, d) WORD $(0x6EE01C00 | (m)<<16 | (n)<<5 | (d))

// Integers: n - m, n << 52, the largest of n, without signs.
#define SUB_4S(m, n, d) WORD $(0x6EA08400 | (m)<<16 | (n)<<5 | (d))
#define SUB_2D(m, n, d) WORD $(0x6EE08400 | (m)<<16 | (n)<<5 | (d))
#define UMAXV_4S(n, d) WORD $(0x6EB0A800 | (n)<<5 | (d))
#define SHL52_2D(n, d) WORD $(0x4F745400 | (n)<<5 | (d))

// The lower, or the upper, halves of n and m side by side.
#define ZIP1_2D(m, n, d) WORD $(0x4EC03800 | (m)<<16 | (n)<<5 | (d))
#define ZIP2_2D(m, n, d) WORD $(0x4EC07800 | (m)<<16 | (n)<<5 | (d))

// The elements of the lower, or the upper, halves of n and m in turn.
#define ZIP1_4S(m, n, d) WORD $(0x4E803800 | (m)<<16 | (n)<<5 | (d))
#define ZIP2_4S(m, n, d) WORD $(0x4E807800 | (m)<<16 | (n)<<5 | (d))

// int32 to int64, from the lower or the upper half of n, and int64 to float64.
#define SXTL_2D(n, d) WORD $(0x0F20A400 | (n)<<5 | (d))
#define SXTL2_2D(n, d) WORD $(0x4F20A400 | (n)<<5 | (d))
#define SCVTF_2D(n, d) WORD $(0x4E61D800 | (n)<<5 | (d))

// float32 to float64, from the lower or the upper half of n, and back, into
// the lower or the upper half of d.
#define FCVTL_2D(n, d) WORD $(0x0E617800 | (n)<<5 | (d))
#define FCVTL2_2D(n, d) WORD $(0x4E617800 | (n)<<5 | (d))
#define FCVTN_2D(n, d) WORD $(0x0E616800 | (n)<<5 | (d))
#define FCVTN2_2D(n, d) WORD $(0x4E616800 | (n)<<5 | (d))

// The bytes of n in the order that m says; zero where m is 16 or more.
#define TBL_16B(m, n, d) WORD $(0x4E000000 | (m)<<16 | (n)<<5 | (d))

// Addition of addresses.
#define ADD_X(m, n, d) WORD $(0x8B000000 | (m)<<16 | (n)<<5 | (d))

// Vector i of those at Rn; vectors i and i+1, to or from d and d+1; the vector
// at Rn + Rm.
#define LDR_Q(i, n, d) WORD $(0x3DC00000 | (i)<<10 | (n)<<5 | (d))
#define STR_Q(i, n, d) WORD $(0x3D800000 | (i)<<10 | (n)<<5 | (d))
#define LDP_Q(i, n, d) WORD $(0xAD400000 | (i)<<15 | ((d)+1)<<10 | (n)<<5 | (d))
#define STP_Q(i, n, d) WORD $(0xAD000000 | (i)<<15 | ((d)+1)<<10 | (n)<<5 | (d))
#define LDRX_Q(m, n, d) WORD $(0x3CE06800 | (m)<<16 | (n)<<5 | (d))
#define STRX_Q(m, n, d) WORD $(0x3CA06800 | (m)<<16 | (n)<<5 | (d))
