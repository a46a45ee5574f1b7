#!/usr/bin/env python3
"""Trains small neurons with nothing but Python's floats and prints the result.

It shares no code with the Go package; math.fsum sums exactly. Record it with

    python3 reference.py > reference.json
"""

import json
import math

MASK64 = (1 << 64) - 1
MASK128 = (1 << 128) - 1


class PCG:
    """PCG-DXSM with 128 bits of state (Melissa O'Neill)."""

    def __init__(self, hi, lo):
        self.state = hi << 64 | lo

    def next(self):
        self.state = (self.state * 0x2360ED051FC65DA44385DF649FCCF645
                      + 0x5851F42D4C957F2D14057B7EF767814F) & MASK128
        hi, lo = self.state >> 64, self.state & MASK64
        hi ^= hi >> 32
        hi = hi * 0xDA942042E4DD58B5 & MASK64
        hi ^= hi >> 48
        return hi * (lo | 1) & MASK64

    def below(self, n):
        """A number below n: the high word of a product, rejecting low words
        that would make some numbers more likely."""
        while True:
            product = self.next() * n
            if product & MASK64 >= (1 << 64) % n:
                return product >> 64


def permutation(n, seed, stream):
    pcg, order = PCG(seed, stream), []
    for i in range(n):
        j = pcg.below(i + 1)
        order.append(i)
        order[i], order[j] = order[j], i
    return order


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


def train(x, y, weights, loss, rate, epochs, batch=0, seed=0, l2=0.0, classes=(1, 1),
          balanced=False, standardize=False):
    n, d = len(x), len(x[0])
    s = list(weights) if weights else [1.0] * n
    if balanced:
        total = [math.fsum(s[i] for i in range(n) if (y[i] >= 0.5) == c) for c in (False, True)]
        classes = [sum(total) / (2 * t) for t in total]
    s = [s[i] * classes[y[i] >= 0.5] for i in range(n)]

    mean, deviation = [0.0] * d, [1.0] * d
    if standardize:
        for j in range(d):
            mean[j] = math.fsum(row[j] for row in x) / n
            deviation[j] = math.sqrt(math.fsum((row[j] - mean[j]) ** 2 for row in x) / n)
            if max(row[j] for row in x) == min(row[j] for row in x):
                mean[j], deviation[j] = x[0][j], 1.0
        x = [[(row[j] - mean[j]) / deviation[j] for j in range(d)] for row in x]

    w, b, costs = [0.0] * d, 0.0, []
    for epoch in range(epochs):
        penalty = l2 / 2 * math.fsum(v * v for v in w)
        order = permutation(n, seed, epoch) if 0 < batch < n else range(n)
        size = batch or n
        cost = []
        for start in range(0, n, size):
            rows = order[start:start + size]
            delta = []
            for i in rows:
                p = sigmoid(math.fsum([w[j] * x[i][j] for j in range(d)] + [b]))
                if loss == "quadratic":
                    delta.append((p - y[i]) * p * (1 - p))
                    cost.append(s[i] * (p - y[i]) ** 2 / 2)
                else:
                    delta.append(p - y[i])
                    cost.append(-s[i] * (y[i] * math.log(p) + (1 - y[i]) * math.log(1 - p)))
            total = math.fsum(s[i] for i in rows)
            gw = [math.fsum(s[i] * e * x[i][j] for i, e in zip(rows, delta)) / total for j in range(d)]
            gb = math.fsum(s[i] * e for i, e in zip(rows, delta)) / total
            w = [w[j] - rate * (gw[j] + l2 * w[j]) for j in range(d)]
            b -= rate * gb
        costs.append(math.fsum(cost) / math.fsum(s) + penalty)

    for j in range(d):
        w[j] /= deviation[j]
    b -= math.fsum(w[j] * mean[j] for j in range(d))
    return {"w": w, "b": b, "costs": costs}


def problem(rows, cols, seed):
    """Numbers that float32 holds exactly; column 1 is constant, the last one
    large and far from 0."""
    pcg = PCG(seed, seed)
    x, y, weights = [], [], []
    for _ in range(rows):
        row = [(pcg.below(513) - 256) / 64 for _ in range(cols)]
        z = row[0] - row[2] / 2 + (pcg.below(257) - 128) / 64
        row[1] = 0.75
        row[-1] = row[-1] * 8 + 100
        x.append(row)
        y.append(1.0 if z > 0.5 else 0.0)
        weights.append(pcg.below(9) / 4)
    y[3], y[4] = 0.25, 0.75
    return x, y, weights


def main():
    x, y, weights = problem(60, 6, 42)
    cases = []
    for loss in "quadratic", "log":
        for options in (
            dict(rate=0.001, epochs=20),
            dict(rate=0.5, epochs=30, standardize=True),
            dict(rate=0.5, epochs=30, standardize=True, l2=0.125),
            dict(rate=0.25, epochs=30, standardize=True, l2=0.03125, classes=(0.5, 2.25), weighted=True),
            dict(rate=0.25, epochs=12, standardize=True, balanced=True, weighted=True, batch=7, seed=5),
            dict(rate=0.25, epochs=12, standardize=True, balanced=True, batch=20, seed=6, l2=0.0625),
        ):
            arguments = dict(options)
            weighted = arguments.pop("weighted", False)
            result = train(x, y, weights if weighted else None, loss, **arguments)
            cases.append({"loss": loss, "options": options, "result": result})
    pcg = PCG(1, 2)
    below = [(1 << 63) + 1, 3 << 62, 6, (1 << 64) - 1] * 8
    print(json.dumps({
        "x": x, "y": y, "weights": weights, "cases": cases,
        "permutations": [{"seed": s, "stream": t, "order": permutation(n, s, t)}
                         for n, s, t in ((1, 0, 0), (10, 1, 0), (10, 1, 1), (100, MASK64, 7))],
        "draws": {"below": below, "numbers": [pcg.below(n) for n in below]},
    }, indent=None, separators=(",", ":")))


main()
