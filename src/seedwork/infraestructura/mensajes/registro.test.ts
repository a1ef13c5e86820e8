import assert from 'node:assert/strict'
import { test } from 'node:test'
import avro from 'avsc'
import { type DatosDe, esquemaDe, lista, registro } from './registro.ts'

const Aeropuerto = registro('Aeropuerto', { codigo: 'string' })
const Tramo = registro(
  'Tramo',
  {
    origen: Aeropuerto,
    destino: Aeropuerto,
    escalas: lista(Aeropuerto),
    salida: 'long',
    precio: 'double',
    asientos: 'int',
    directo: 'boolean',
  },
  { nota: 'string' },
)

const unTramo: DatosDe<typeof Tramo> = {
  origen: { codigo: 'BOG' },
  destino: { codigo: 'JFK' },
  escalas: [{ codigo: 'MDE' }, { codigo: null }],
  salida: 1669122600000,
  precio: 99.5,
  asientos: 3,
  directo: false,
}

test('un registro emite cada campo como unión con null, sin valor por defecto salvo los anexados', () => {
  assert.deepEqual(esquemaDe(registro('R', { a: 'string' }, { b: 'long' })), {
    type: 'record',
    name: 'R',
    fields: [
      { name: 'a', type: ['null', 'string'] },
      { name: 'b', type: ['null', 'long'], default: null },
    ],
  })
})

test('un registro usado dos veces se define la primera y se nombra las demás', () => {
  const texto = JSON.stringify(esquemaDe(Tramo))
  assert.equal(texto.split('"name":"Aeropuerto"').length - 1, 1)
  assert.match(texto, /"name":"destino","type":\["null","Aeropuerto"\]/)
  assert.match(texto, /"name":"escalas","type":\["null",\{"type":"array","items":"Aeropuerto"\}\]/)
})

test('avsc acepta el esquema y los valores del tipo que sale de él', () => {
  const tipo = avro.Type.forSchema(JSON.parse(JSON.stringify(esquemaDe(Tramo))))
  assert.equal(tipo.isValid(unTramo), true)
})

test('dos registros distintos con el mismo nombre no caben en un esquema', () => {
  const otro = registro('Aeropuerto', { iata: 'string' })
  assert.throws(() => esquemaDe(registro('R', { a: Aeropuerto, b: otro })), { codigo: 'mensaje_mal_declarado' })
})

test('un campo no puede llamarse como algo del prototipo ni salirse de snake_case', () => {
  for (const nombre of ['constructor', 'valueOf', 'idReserva', '_id', 'a-b', '']) {
    assert.throws(() => registro('R', { [nombre]: 'string' }), { codigo: 'mensaje_mal_declarado' }, nombre)
  }
})

test('los tipos siguen a la declaración: el compilador rechaza lo que el esquema rechazaría', () => {
  const { nota, ...sinNota } = { ...unTramo, nota: 'x' }
  const tramos: readonly DatosDe<typeof Tramo>[] = [
    unTramo,
    sinNota,
    { ...unTramo, nota, salida: null },
    // @ts-expect-error salida es un número
    { ...unTramo, salida: '2022-11-22' },
    // @ts-expect-error las escalas son aeropuertos
    { ...unTramo, escalas: ['BOG'] },
    // @ts-expect-error los elementos de una lista no son null
    { ...unTramo, escalas: [null] },
    // @ts-expect-error un anexado puede faltar, pero si está es de su tipo
    { ...unTramo, nota: 1 },
    // @ts-expect-error faltan los originales
    { nota: 'x' },
  ]
  const cambiar = (tramo: DatosDe<typeof Tramo>): void => {
    // @ts-expect-error son de sólo lectura
    tramo.salida = 1
  }
  // @ts-expect-error no hay campos de tipo «date»
  const conFecha = () => registro('R', { fecha: 'date' })
  assert.deepEqual([tramos.length, typeof cambiar, typeof conFecha], [8, 'function', 'function'])
})
