import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { topicos } from 'aeroalpes-api/sistema.ts'
import * as contratos from '../../contratos/mensajes.ts'
import { tiposDeMensajes } from './tipos.ts'

test('B60 quien lee un tópico ajeno usa lo generado de su contrato: el mismo esquema, los mismos tipos y el mismo nombre', () => {
  for (const topico of topicos) {
    const contrato = Object.values(contratos).find(({ nombre }) => nombre === topico.nombre)
    assert.ok(contrato, topico.nombre)
    assert.deepEqual(contrato.esquema, topico.esquema)
    assert.deepEqual(contrato.tipos, Object.keys(topico.tipos))
    assert.equal(contrato.dataschema, topico.dataschema)
  }
})

test('cada record sale una vez, con un tipo por campo, y lo que en Avro puede ser null también puede serlo aquí', () => {
  const texto = tiposDeMensajes(topicos)
  assert.equal(texto, readFileSync(new URL('../../contratos/mensajes.ts', import.meta.url), 'utf8').replaceAll('\r\n', '\n'))
  assert.match(texto, /export type ReservaCreadaPayload = Readonly<\{\n {2}id_reserva: string \| null\n/)
  assert.match(texto, / {2}itinerarios: readonly \(ItinerarioDatos\)\[\] \| null\n/)
  for (const [, nombre] of texto.matchAll(/export type (\w+)/g)) assert.equal(texto.split(`export type ${nombre} `).length, 2, nombre)
})
