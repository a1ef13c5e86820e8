import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { leerAeropuertos } from './aeropuertos.ts'

const aeropuertos = leerAeropuertos()
const primero = (texto: string) => aeropuertos.buscar(texto, 8)[0]?.codigo
const codigos = (texto: string, limite = 8) => aeropuertos.buscar(texto, limite).map(({ codigo }) => codigo)

test('se encuentra por código, por ciudad y por nombre, con tildes o sin ellas, en mayúsculas o no', () => {
  for (const texto of ['BOG', 'bog', 'bogota', 'Bogotá', '  BOGOTÁ ']) assert.equal(primero(texto), 'BOG')
  assert.equal(primero('medellin'), 'MDE')
  assert.ok(codigos('cordova').includes('MDE'))
  assert.ok(codigos('el dorado').includes('BOG'))
})

test('se encuentra por el nombre que una ciudad tiene en español', () => {
  assert.equal(primero('londres'), 'LHR')
  assert.equal(primero('nueva york'), 'JFK')
  assert.equal(primero('tokio'), 'NRT')
})

test('primero el código exacto, después la ciudad que empieza así, la palabra que empieza así y lo que lo contiene', () => {
  assert.equal(primero('ams'), 'AMS')
  const deMed = codigos('med', 50)
  assert.equal(deMed[0], 'MED')
  assert.ok(deMed.indexOf('MDE') < deMed.indexOf('CAF') || !deMed.includes('CAF'))
  const rangos = aeropuertos
    .buscar('fran', 50)
    .map(({ ciudad, nombre }) => (/^fran/i.test(ciudad) ? 1 : /\bfran/i.test(`${ciudad} ${nombre}`) ? 2 : 3))
  assert.deepEqual(rangos, rangos.toSorted())
  assert.deepEqual(new Set(rangos), new Set([1, 2, 3]))
  const ciudades = aeropuertos.buscar('ogot', 5).map(({ ciudad }) => ciudad)
  assert.ok(ciudades.includes('Bogotá'))
})

test('en la misma posición va antes el que más viaja', () => assert.deepEqual(codigos('medell', 2), ['MDE', 'EOH']))

test('sin texto, o con uno que no casa, no hay ninguno', () => {
  for (const texto of ['', '   ', '—', 'zzzzzz', '\u0000']) assert.deepEqual(aeropuertos.buscar(texto, 8), [])
})

test('nunca da más de los que se piden', () => {
  for (const limite of [1, 5, 50]) assert.equal(codigos('a', limite).length, limite)
})

test('cada fila del archivo tiene un código, una zona que este Node conoce y un lugar en el mundo', () => {
  const filas = readFileSync(join(import.meta.dirname, 'datos/aeropuertos.tsv'), 'utf8')
    .split('\n')
    .filter((linea) => /^[^#]/.test(linea))
  assert.ok(filas.length > 8_000)
  const zonas = new Set<string>()
  for (const fila of filas) {
    const [codigo = '', nombre, ciudad, pais = '', zona = '', latitud, longitud, internacional = ''] = fila.split('\t')
    assert.match(codigo, /^[A-Z0-9]{3}$/)
    assert.ok(nombre && ciudad)
    assert.match(pais, /^[A-Z]{2}$/)
    assert.ok(Math.abs(Number(latitud)) <= 90 && Math.abs(Number(longitud)) <= 180)
    assert.match(internacional, /^[01]$/)
    zonas.add(zona)
  }
  for (const zona of zonas) assert.doesNotThrow(() => new Intl.DateTimeFormat('es', { timeZone: zona }), zona)
})

test('99 de cada 100 búsquedas tardan 10 ms o menos', () => {
  const textos = ['b', 'bo', 'bog', 'bogo', 'bogota', 'san', 'new york', 'é', 'ñ', 'x', 'international', 'londres', 'a', 'zzz', 'el dorado']
  // De cada una, la mejor de cinco: se mide la búsqueda, no lo que la máquina hace mientras tanto.
  const tiempos = textos.map((texto) => {
    const intentos = Array.from({ length: 5 }, () => {
      const inicio = performance.now()
      aeropuertos.buscar(texto, 8)
      return performance.now() - inicio
    })
    return Math.min(...intentos)
  })
  assert.ok(Math.max(...tiempos) <= 10, `la peor tardó ${Math.max(...tiempos)} ms`)
})
