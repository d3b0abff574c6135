// SPDX-License-Identifier: Apache-2.0
//
// Runs the SQL of standard input in DuckDB and prints the last statement's rows
// as pullwhy sql does: columns side by side, numbers at the right.

'use strict';

const {readFileSync} = require('node:fs');
const {DuckDBInstance} = require('@duckdb/node-api');

async function run() {
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const reader = await connection.runAndReadAll(readFileSync(0, 'utf8'));
    const rows = reader.getRowsJson()
        .map(row => row.map(cell => cell === null ? '' : String(cell)));
    const isNumber = reader.columnTypes().map(type =>
        /INT|DOUBLE|DECIMAL/.test(String(type)));
    const all = [reader.columnNames(), ...rows];
    const widths = reader.columnNames().map((_, i) =>
        Math.max(...all.map(row => row[i].length)));
    for (const row of all) {
        console.log(row.map((cell, i) => isNumber[i]
            ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))
            .join('  ').trimEnd());
    }
}

run().catch(error => {
    console.error(error.message);
    process.exit(1);
});
