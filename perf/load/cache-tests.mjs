// Plays the suite http-tests/cache-tests once against a proxy and prints, as JSON, how each test came out.
//   SUITE  an unpacked suite, with undici installed in it
//   BASE   the proxy, or behind a forward proxy the origin
//   VIA    h1, h2 (over TLS, agreed on by ALPN) or forward (PROXY names the proxy)
// Scoring is the suite's own.
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const { SUITE, BASE, VIA, PROXY } = process.env
const part = path => import(pathToFileURL(`${SUITE}/${path}`))
const undici = createRequire(`${SUITE}/package.json`)('undici')

const { Agent, ProxyAgent } = undici
const dispatcher = {
  h1: () => new Agent(),
  h2: () => new Agent({ allowH2: true, connect: { rejectUnauthorized: false } }),
  forward: () => new ProxyAgent({ uri: PROXY, proxyTunnel: false })
}[VIA]
undici.setGlobalDispatcher(dispatcher())
undici.Agent = function () { return dispatcher() } // tests of interim responses make one of their own

// The suite bounds its test requests, but not those by which it sets up and asks the origin.
globalThis.fetch = (url, init = {}) => {
  const bound = new AbortController()
  setTimeout(() => bound.abort(), 15000).unref()
  const signal = init.signal ? AbortSignal.any([init.signal, bound.signal]) : bound.signal
  return undici.fetch(url, { ...init, signal })
}

const suites = (await part('tests/index.mjs')).default
const { runTests, getResults } = await part('test-engine/client/runner.mjs')
const { determineTestResult, resultTypes } = await part('test-engine/lib/results.mjs')
const names = new Map(Object.entries(resultTypes).map(([name, type]) => [type, name]))

await runTests(suites, false, BASE)
const results = getResults()
const outcomes = suites.flatMap(suite => suite.tests.filter(test => !test.browser_only).map(test => ({
  group: suite.id,
  id: test.id,
  kind: test.kind ?? 'required',
  outcome: names.get(determineTestResult(suites, test.id, results)),
  why: Array.isArray(results[test.id]) ? results[test.id].join(': ') : ''
})))
process.stdout.write(JSON.stringify(outcomes), () => process.exit(0))
