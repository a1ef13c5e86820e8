import assert from 'node:assert/strict'
import { test } from 'node:test'
import { reservaCambiada, reservaNoEncontrada } from './excepciones.ts'

test('B20 una reserva que no existe es un error con código, clase y frase en los dos idiomas', () => {
  const { codigo, clase, texto } = reservaNoEncontrada('r-1')
  assert.deepEqual([codigo, clase], ['reserva_no_encontrada', 'no_encontrado'])
  assert.deepEqual(texto, { es: 'No existe la reserva r-1', en: 'There is no reservation r-1' })
})

test('B34 una reserva que cambió entre la lectura y la escritura es un conflicto que vale la pena repetir', () => {
  const { codigo, clase, reintentarEn } = reservaCambiada('r-1')
  assert.deepEqual([codigo, clase, reintentarEn], ['reserva_cambiada', 'conflicto', 1])
})
