package columnar

import "io"

// A pipe writes lines of CSV so that who reads them cannot take a part for the
// whole: until it is closed, what was written ends within a line, behind its
// first byte. A conversion that fails, or a program that is killed, leaves a
// line with too few fields, which neuron refuses.
type pipe struct {
	w      io.Writer
	buffer []byte
}

const pipeBuffer = 1 << 16

// line writes a line, with its end.
func (p *pipe) line(line []byte) error {
	last := len(p.buffer)
	p.buffer = append(p.buffer, line...)
	if len(p.buffer) < pipeBuffer {
		return nil
	}
	_, err := p.w.Write(p.buffer[:last+1])
	p.buffer = append(p.buffer[:0], p.buffer[last+1:]...)
	return err
}

// close writes what is left.
func (p *pipe) close() error {
	_, err := p.w.Write(p.buffer)
	return err
}

// fail writes a line that is none, if anything was written.
func (p *pipe) fail() {
	if len(p.buffer) > 0 {
		p.w.Write(append(p.buffer, "cut off"...))
	}
}
