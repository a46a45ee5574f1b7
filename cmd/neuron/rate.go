package main

import (
	"math"
	"strconv"

	"github.com/seed-b3c25b83/kernel/train"
)

// autoFlag leaves a choice to package train.
const autoFlag = "auto"

// checkRate validates -rate and -batch.
func (o *trainOptions) checkRate() error {
	o.Rate, o.BatchSize = train.AutoRate, train.AutoBatch
	if o.rate != autoFlag {
		rate, err := strconv.ParseFloat(o.rate, 64)
		if err != nil || !(rate > 0) || math.IsInf(rate, 0) {
			return misuse("-rate %s: must be auto, or greater than 0 and finite", o.rate)
		}
		o.Rate, o.BatchSize = rate, 0
	}
	if o.batch != autoFlag {
		batch, err := strconv.Atoi(o.batch)
		if err != nil || batch < 0 {
			return misuse("-batch %s: must be auto, or a number of rows that is not negative", o.batch)
		}
		o.BatchSize = batch
	}
	return nil
}
