package main

import (
	"fmt"
	"path/filepath"
	"strings"
)

// drawWeights draws the weights of a neuron for pictures.
func drawWeights(path string, d *description) error {
	if strings.ToLower(filepath.Ext(path)) != ".png" {
		return misuse("-picture %s: the name must end in .png", path)
	}
	r, ok, err := modelRecipe(d.path, &d.Model)
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("%s was trained on a table, not on pictures: there are no pixels to draw", d.path)
	}
	return writePNG(path, r.Draw(d.Weights, d.Classes))
}
