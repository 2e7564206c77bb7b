#!/usr/bin/env node
// SPDX-License-Identifier: GPL-3.0-or-later
// OAuth 2.0 test authorization server (npm oidc-provider) plus a bearer-checking FHIR proxy, on 127.0.0.1.
// usage: node auth-server.mjs --port 8090 --fhir http://127.0.0.1:8080/fhir/R4 [--ca CA.pem] [--client ID --jwks FILE] [--log FILE]
//   --ca: cards of this CA sign in with the bearer grant (RFC 7523 2.1, x5c in the header); the claim commissionHsaId chooses the
//         assignment among the person's PractitionerRoles in the FHIR server, and an answer without it lists them (`commissions`).
//   --client: a registered client signs in with private_key_jwt (client_credentials) or by the device grant (RFC 8628).
//   FHIR base: http://127.0.0.1:PORT/fhir   discovery: /fhir/.well-known/smart-configuration
import http from 'node:http';
import fs from 'node:fs';
import { X509Certificate, webcrypto } from 'node:crypto';
import { parseArgs } from 'node:util';
import { Provider } from 'oidc-provider';
import { decodeProtectedHeader, jwtVerify } from 'jose';

globalThis.crypto ??= webcrypto;                        // jose wants it; Node 18 does not have it by itself
const { values: opt } = parseArgs({ options: { port: { type: 'string', default: '8090' }, ttl: { type: 'string', default: '300' },
  fhir: { type: 'string', default: 'http://127.0.0.1:8080/fhir/R4' }, client: { type: 'string' }, jwks: { type: 'string' },
  ca: { type: 'string' }, log: { type: 'string' } } });
const issuer = `http://127.0.0.1:${opt.port}`, ttl = Number(opt.ttl), BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code', HSA = 'urn:oid:1.2.752.29.4.19', cardAlgs = ['ES384', 'ES256', 'PS256', 'RS256'];
const types = ['*', 'Patient', 'Practitioner', 'Encounter', 'Observation', 'MedicationRequest', 'Appointment', 'Slot'];
const scopes = ['openid', 'offline_access', 'fhirUser', ...['system', 'user'].flatMap((c) => types.flatMap((t) => ['read', 'write', 'cruds', 'rs', '*'].map((p) => `${c}/${t}.${p}`)))];
const registered = opt.client ? [{ client_id: opt.client, jwks: JSON.parse(fs.readFileSync(opt.jwks, 'utf8')), token_endpoint_auth_method: 'private_key_jwt',
  grant_types: ['client_credentials', DEVICE, 'refresh_token'], redirect_uris: [], response_types: [],
  token_endpoint_auth_signing_alg: 'ES384', scope: scopes.join(' ') }] : [];
const card = { client_id: 'rond', token_endpoint_auth_method: 'none', grant_types: [BEARER], redirect_uris: [], response_types: [], scope: scopes.join(' ') };
const provider = new Provider(issuer, {
  clients: [...registered, ...(opt.ca ? [card] : [])],
  scopes, clientAuthMethods: ['private_key_jwt', 'none'], enabledJWA: { clientAuthSigningAlgValues: ['ES384', 'RS384'] },
  features: { clientCredentials: { enabled: true }, deviceFlow: { enabled: true }, introspection: { enabled: true }, revocation: { enabled: true } },
  ttl: { ClientCredentials: ttl, AccessToken: ttl, DeviceCode: 300 },
  findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id, fhirUser: `Practitioner/${id}` }) }),
});

// ---- the bearer grant: the card's assertion, and the assignment it asks for
const seen = new Map();     // jti -> exp
async function cardHolder(assertion) {
  const ca = new X509Certificate(fs.readFileSync(opt.ca)), leaf = new X509Certificate(Buffer.from(decodeProtectedHeader(assertion).x5c[0], 'base64'));
  if (!leaf.checkIssued(ca) || !leaf.verify(ca.publicKey)) throw new Error('the certificate is not from the card CA');
  if (new Date(leaf.validFrom) > new Date() || new Date(leaf.validTo) < new Date()) throw new Error('the certificate is not valid now');
  if (!leaf.keyUsage?.includes('1.3.6.1.5.5.7.3.2')) throw new Error('not a login certificate');
  const { payload } = await jwtVerify(assertion, leaf.publicKey, { audience: `${issuer}/token`, algorithms: cardAlgs, requiredClaims: ['exp', 'jti', 'sub'] });
  const hsa = /^serialNumber=(.+)$/m.exec(leaf.subject)?.[1];
  if (payload.sub !== hsa || payload.iss !== hsa) throw new Error('the certificate is another person\'s');
  if (payload.exp - Date.now() / 1000 > 300) throw new Error('the assertion lives too long');
  for (const [jti, exp] of seen) if (exp < Date.now() / 1000) seen.delete(jti);
  if (seen.has(payload.jti)) throw new Error('the assertion was used before');
  seen.set(payload.jti, payload.exp);
  return { hsa, commission: payload.commissionHsaId };
}
const record = async (path) => (await (await fetch(`${opt.fhir}/${path}`)).json());
const search = async (path) => ((await record(path)).entry ?? []).map((e) => e.resource);
const hsaOf = (r) => r.identifier?.find((i) => i.system === HSA)?.value, extension = (r, end) => r.extension?.find((e) => e.url.endsWith(end))?.valueString;
async function commissionsOf(practitioner) {
  const roles = await search(`PractitionerRole?practitioner=Practitioner/${practitioner.id}`);
  return Promise.all(roles.filter((r) => r.active !== false).map(async (r) => ({ hsaId: hsaOf(r), name: extension(r, 'commission-name'), purpose: extension(r, 'commission-purpose'),
    unit: (await record(r.organization.reference)).name, role: r.code?.[0]?.text, id: r.id, organization: r.organization.reference })));
}
async function cardGrant(ctx, next) {
  const refuse = (text, more = {}) => { ctx.status = 400; ctx.body = { error: 'invalid_grant', error_description: text, ...more }; };
  let who;
  try { who = await cardHolder(ctx.oidc.params.assertion); } catch (e) { refuse(e.message); return next(); }
  const [person] = await search(`Practitioner?identifier=${encodeURIComponent(`${HSA}|${who.hsa}`)}`);
  const all = person ? await commissionsOf(person) : [], chosen = all.find((c) => c.hsaId === who.commission);
  if (!person) refuse('the person of this card is not known here');
  else if (!chosen) refuse('choose an assignment (claim commissionHsaId)', { commissions: all.map(({ id, organization, ...shown }) => shown) });
  else {
    const scope = (ctx.oidc.params.scope ?? '').split(' ').filter((s) => s.includes('/') && scopes.includes(s)).join(' ');
    const token = new provider.ClientCredentials({ client: ctx.oidc.client, scope });
    ctx.body = { access_token: await token.save(), token_type: 'Bearer', expires_in: ttl, scope, fhirUser: `Practitioner/${person.id}`,
      name: `${person.name[0].given.join(' ')} ${person.name[0].family}`, employeeHsaId: who.hsa, commissionHsaId: chosen.hsaId, commissionName: chosen.name,
      commissionPurpose: chosen.purpose, healthCareUnitName: chosen.unit, practitionerRole: `PractitionerRole/${chosen.id}`, unit: chosen.organization, role: chosen.role };
  }
  return next();
}
if (opt.ca) provider.registerGrantType(BEARER, cardGrant, ['assertion', 'scope'], []);

// ---- the FHIR proxy
const oauth = provider.callback();
const outcome = (res, status, code, text, headers = {}) => res.writeHead(status, { 'content-type': 'application/fhir+json', ...headers })
  .end(JSON.stringify({ resourceType: 'OperationOutcome', issue: [{ severity: 'error', code, diagnostics: text }] }));

http.createServer(async (req, res) => {
  if (opt.log) res.on('finish', () => fs.appendFileSync(opt.log, `${res.statusCode} ${req.method} ${req.url}\n`));
  if (req.url === '/fhir/.well-known/smart-configuration') return res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({
    issuer, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/jwks`, authorization_endpoint: `${issuer}/auth`,
    device_authorization_endpoint: `${issuer}/device/auth`, introspection_endpoint: `${issuer}/token/introspection`,
    grant_types_supported: ['client_credentials', DEVICE, ...(opt.ca ? [BEARER] : [])], token_endpoint_auth_methods_supported: ['private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: ['RS384', ...cardAlgs], code_challenge_methods_supported: ['S256'],
    capabilities: ['client-confidential-asymmetric', 'permission-v1', 'permission-v2', 'permission-user'] }));
  if (!req.url.startsWith('/fhir')) return oauth(req, res);
  if (!req.url.startsWith('/fhir/metadata')) {
    const bearer = /^Bearer (.+)$/.exec(req.headers.authorization ?? '')?.[1];
    const token = bearer && (await provider.ClientCredentials.find(bearer) ?? await provider.AccessToken.find(bearer));
    if (!token || token.isExpired) return outcome(res, 401, 'login', 'invalid or expired token', { 'www-authenticate': `Bearer realm="${issuer}", error="invalid_token"` });
    const write = !['GET', 'HEAD'].includes(req.method) && !req.url.includes('_search'), granted = token.scope ?? '';
    if (!new RegExp(write ? '\\.(write|\\*|c?r?u)' : '\\.(read|\\*|c?r)').test(granted)) return outcome(res, 403, 'forbidden', `scope ${granted} does not allow ${req.method}`);
  }
  const up = http.request(opt.fhir + req.url.slice(5), { method: req.method, headers: { ...req.headers, host: new URL(opt.fhir).host } }, async (r) => {
    const body = Buffer.concat(await r.toArray()), headers = { ...r.headers };
    const text = /json/.test(headers['content-type'] ?? '') ? body.toString().replaceAll(opt.fhir, issuer + '/fhir') : body;
    if (headers.location) headers.location = headers.location.replace(opt.fhir, issuer + '/fhir');
    delete headers['transfer-encoding']; delete headers['content-length'];
    res.writeHead(r.statusCode, headers).end(text);
  });
  up.on('error', (e) => outcome(res, 502, 'transient', e.message));
  req.pipe(up);
}).listen(Number(opt.port), '127.0.0.1', () => console.log(`listening on ${issuer}/fhir`));
