// Writes the Parquet and Arrow files of this folder with the programs of others.
// Made with apache-arrow 21.2.0, parquet-wasm 0.8.0 (the Rust implementation)
// and hyparquet-writer 0.17.0, by node 20:
//
//	npm install apache-arrow@21.2.0 parquet-wasm@0.8.0 hyparquet-writer@0.17.0
//	node make.mjs
import * as arrow from 'apache-arrow';
import { parquetWriteBuffer } from 'hyparquet-writer';
import * as parquet from 'parquet-wasm';
import { writeFileSync } from 'fs';

const save = (name, bytes) => writeFileSync(new URL(name, import.meta.url), bytes);
const vector = (values, type) => arrow.vectorFromArray(values, type);
const rows = {
  'i8': [new arrow.Int8(), [1, -128, 127, 0]],
  'u16': [new arrow.Uint16(), [1, 0, 65535, 7]],
  'i32': [new arrow.Int32(), [1, -2147483648, 2147483647, 0]],
  'i64': [new arrow.Int64(), [1n, -9007199254740993n, 9007199254740993n, 0n]],
  'f32': [new arrow.Float32(), [0.1, -3.4028234663852886e38, 1e-45, 16777216]],
  'f64': [new arrow.Float64(), [0.1, -1.7976931348623157e308, 5e-324, 1e21]],
  'b': [new arrow.Bool(), [true, false, true, false]],
  'größe, "q"': [new arrow.Utf8(), ['plain', 'two\nlines', 'a "quote", a comma', 'ümläut']],
  'class': [new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32(), 1), ['yes', 'no', 'yes', 'no']],
};
const part = (from, to) => new arrow.Table(Object.fromEntries(
  Object.entries(rows).map(([name, [type, values]]) => [name, vector(values.slice(from, to), type)])));
const table = part(0, 4);

save('file.arrow', arrow.tableToIPC(table, 'file'));
save('stream.arrows', arrow.tableToIPC(table, 'stream'));
const numbers = (from, to) => part(from, to).select(['i8', 'f64', 'b']);
save('batches.arrow', arrow.tableToIPC(numbers(0, 3).concat(numbers(3, 4)), 'file'));

const write = (t, compression) => {
  const properties = new parquet.WriterPropertiesBuilder().setCompression(parquet.Compression[compression]).setMaxRowGroupSize(3).build();
  return parquet.writeParquet(parquet.Table.fromIPCStream(arrow.tableToIPC(t, 'stream')), properties);
};
for (const compression of ['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'BROTLI', 'ZSTD', 'LZ4_RAW']) {
  save(`${compression.toLowerCase()}.parquet`, write(table, compression));
}

save('hyparquet.parquet', new Uint8Array(parquetWriteBuffer({
  columnData: [
    { name: 'x', data: [1, 2, 3], type: 'INT32' },
    { name: 'y', data: [0.5, 1.5, 2.5], type: 'DOUBLE' },
    { name: 'class', data: ['a', 'b', 'a'], type: 'STRING' },
  ],
})));

const odd = {
  'null': new arrow.Table({ a: vector([1, null, 3], new arrow.Int32()), c: vector(['a', 'b', 'a'], new arrow.Utf8()) }),
  'nan': new arrow.Table({ a: vector([1, 2, NaN], new arrow.Float64()), c: vector(['a', 'b', 'a'], new arrow.Utf8()) }),
  'dates': new arrow.Table({ a: vector([new Date(0), new Date(1)], new arrow.DateMillisecond()), n: vector([1, 2], new arrow.Int32()) }),
  'lists': new arrow.Table({ a: vector([[1, 2], [3]], new arrow.List(new arrow.Field('item', new arrow.Int32()))), n: vector([1, 2], new arrow.Int32()) }),
};
for (const [name, t] of Object.entries(odd)) {
  save(`${name}.arrow`, arrow.tableToIPC(t, 'file'));
  save(`${name}.parquet`, write(t, 'SNAPPY'));
}
