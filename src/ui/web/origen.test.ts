import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mismaProcedencia, origenAdmitido } from './origen.ts'

const PERMITIDO = 'https://vuelos.example'
const desde = (origin: string | undefined, mas: Record<string, string> = {}, segura = false) => ({
  cabeceras: { host: '127.0.0.1:5678', ...(origin !== undefined && { origin }), ...mas },
  segura,
  permitidos: [PERMITIDO],
})

const ADMITIDOS = ['http://127.0.0.1:5678', 'https://127.0.0.1:5678', PERMITIDO]
const RECHAZADOS = [
  'null',
  '',
  ' ',
  '*',
  'undefined',
  'http://127.0.0.1',
  'http://127.0.0.1:5679',
  'http://127.0.0.1:56789',
  'http://127.0.0.1:5678/',
  'http://127.0.0.1:5678/x',
  'http://127.0.0.1:5678?x',
  'http://127.0.0.1:5678#x',
  'http://127.0.0.1:5678 ',
  'http://127.0.0.1:5678,http://malo.example',
  'http://127.0.0.1:5678 http://malo.example',
  'http://127.0.0.1:5678@malo.example',
  'http://malo.example@127.0.0.1:5678',
  'http://127.0.0.1:5678.malo.example',
  'http://127.0.0.1.malo.example:5678',
  'http://malo127.0.0.1:5678',
  'http://127.1:5678',
  'http://2130706433:5678',
  'http://0x7f.0.0.1:5678',
  'http://localhost:5678',
  'http://[::1]:5678',
  'HTTP://127.0.0.1:5678',
  'ws://127.0.0.1:5678',
  'ftp://127.0.0.1:5678',
  'file://',
  'file://127.0.0.1:5678',
  'data:text/html,x',
  'chrome-extension://127.0.0.1:5678',
  '//127.0.0.1:5678',
  '127.0.0.1:5678',
  'http:127.0.0.1:5678',
  'http:\\\\127.0.0.1:5678',
  'http://127.0.0.1:5678\\@malo.example',
  'http://vuelos.example',
  'https://vuelos.example:443',
  'https://vuelos.example.',
  'https://VUELOS.example',
  'https://xvuelos.example',
  'https://vuelos.example.malo.example',
  'https://malo.example/https://vuelos.example',
  'https://sub.vuelos.example',
  'https://vuelos.exampl',
  'https://vuelos%2eexample',
]

test('sólo se admite el origen exacto de esta página y los permitidos', () => {
  for (const origen of ADMITIDOS) assert.equal(origenAdmitido(desde(origen)), true, origen)
  for (const origen of RECHAZADOS) assert.equal(origenAdmitido(desde(origen)), false, origen)
  assert.ok(RECHAZADOS.length >= 40)
})

test('llegado cifrado, el propio es sólo https; nadie puede decir otro host por una cabecera', () => {
  assert.equal(origenAdmitido(desde('https://127.0.0.1:5678', {}, true)), true)
  assert.equal(origenAdmitido(desde('http://127.0.0.1:5678', {}, true)), false)
  assert.equal(origenAdmitido(desde('http://malo.example', { 'x-forwarded-host': 'malo.example' })), false)
})

test('sin Origin no es un navegador', () => {
  assert.equal(origenAdmitido(desde(undefined)), true)
  assert.equal(mismaProcedencia(desde(undefined)), true)
})

test('lo que el navegador dice que viene de otro sitio sólo vale de un origen permitido', () => {
  const sitio = (valor: string) => ({ 'sec-fetch-site': valor })
  assert.equal(mismaProcedencia(desde('http://127.0.0.1:5678', sitio('same-origin'))), true)
  assert.equal(mismaProcedencia(desde(PERMITIDO, sitio('cross-site'))), true)
  for (const valor of ['cross-site', 'same-site', 'raro']) {
    assert.equal(mismaProcedencia(desde('http://127.0.0.1:5678', sitio(valor))), false, valor)
    assert.equal(mismaProcedencia(desde(undefined, sitio(valor))), false, valor)
  }
  assert.equal(mismaProcedencia(desde('http://malo.example', sitio('same-origin'))), false)
})
