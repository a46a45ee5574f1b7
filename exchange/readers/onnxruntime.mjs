// Runs ONNX files with ONNX Runtime.
//
// usage: onnxruntime.mjs FOLDER COUNT NODE_MODULES
//
// FOLDER is that of onnx.py.

import assert from 'node:assert'
import fs from 'node:fs'
import path from 'node:path'
import { createRequire } from 'node:module'

const [folder, count, modules] = process.argv.slice(2)
const require = createRequire(path.resolve(modules, 'node_modules', 'x.js'))
const ort = require('onnxruntime-web')
ort.env.wasm.numThreads = 1
ort.env.logLevel = 'error'

const load = (file, Kind) => {
  const p = fs.readFileSync(file)
  return new Kind(p.buffer.slice(p.byteOffset, p.byteOffset + p.length))
}

let done = 0
for (const name of fs.readdirSync(folder).filter((f) => f.endsWith('.onnx')).sort()) {
  const stem = path.join(folder, name.slice(0, -'.onnx'.length))
  const want = JSON.parse(fs.readFileSync(stem + '.json', 'utf8'))
  const Kind = want.element === 'float32' ? Float32Array : Float64Array
  const session = await ort.InferenceSession.create(fs.readFileSync(stem + '.onnx'), { executionProviders: ['wasm'] })
  assert.deepEqual(session.inputNames, ['features'])
  assert.deepEqual(session.outputNames, ['probability'])

  const rows = load(stem + '.rows', Kind)
  const expected = load(stem + '.want', Kind)
  const run = async (rows) => {
    const shape = [rows.length / want.columns, want.columns]
    const { probability } = await session.run({ features: new ort.Tensor(want.element, rows, shape) })
    assert.deepEqual(probability.dims, [shape[0], 1])
    assert.equal(probability.type, want.element)
    return probability.data
  }
  const all = await run(rows)
  const one = await run(rows.slice(0, want.columns)) // the number of rows is open
  const eps = want.element === 'float32' ? 2 ** -23 : 2 ** -52
  let error = Math.abs(one[0] - expected[0])
  all.forEach((y, i) => (error = Math.max(error, Math.abs(y - expected[i]))))
  assert.equal(all.length, expected.length)
  assert(error <= 16 * eps, `${name}: difference ${error}`)
  done++
  console.log(`onnxruntime-web ${ort.env.versions?.web ?? ''}: ${name}: ${all.length} rows, largest difference ${error.toExponential(1)}`)
}
assert.equal(done, Number(count))
