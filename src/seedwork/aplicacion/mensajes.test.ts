import assert from 'node:assert/strict'
import { test } from 'node:test'
import { comando, type Manejador, type Manejadores, type Reacciones, unir } from './mensajes.ts'

const Abrir = comando<Readonly<{ id: string }>, number>()('Abrir')
const Cerrar = comando<Readonly<{ id: string; motivo: string }>, void>()('Cerrar')
type Comandos = typeof Abrir | typeof Cerrar
type Abierta = Readonly<{ tipo: 'Abierta'; data: { id: string } }>
type Cerrada = Readonly<{ tipo: 'Cerrada'; data: { id: string } }>
type Eventos = Abierta | Cerrada

const abrir: Manejador<typeof Abrir, Eventos> = async (_, { id }) => ({
  resultado: id.length,
  eventos: [{ tipo: 'Abierta', data: { id } }],
})
const cerrar: Manejador<typeof Cerrar, Eventos> = async () => ({ resultado: undefined, eventos: [] })

// Lo que sigue lo comprueba el compilador: si dejara de fallar, `@ts-expect-error` sobraría y la revisión de tipos lo diría.

// @ts-expect-error falta el manejador de Cerrar
const incompleta: Manejadores<Comandos, Eventos> = { Abrir: abrir }
// @ts-expect-error nadie declaró Abrri
const malEscrita: Manejadores<Comandos, Eventos> = { Abrir: abrir, Cerrar: cerrar, Abrri: abrir }
// @ts-expect-error el manejador de otro comando
const cambiada: Manejadores<Comandos, Eventos> = { Abrir: cerrar, Cerrar: cerrar }
const doblada: Manejadores<Comandos, Eventos> = {
  // biome-ignore lint/suspicious/noDuplicateObjectKeys: es justo lo que no debe compilar
  Abrir: abrir,
  Cerrar: cerrar,
  // @ts-expect-error el mismo comando dos veces
  Abrir: abrir,
}
// @ts-expect-error un evento sin su entrada
const sinReaccion: Reacciones<Eventos> = { Abierta: [] }
// @ts-expect-error dos módulos con el mismo comando
const chocan = unir({ Abrir: abrir }, { Abrir: abrir })
// @ts-expect-error un evento que no existe
const eventoAjeno: Manejador<typeof Abrir, Eventos> = async () => ({ resultado: 1, eventos: [{ tipo: 'Rota', data: { id: '' } }] })

test('B16 la tabla completa de manejadores encuentra a cada uno por su nombre', () => {
  const tabla: Manejadores<Comandos, Eventos> = unir({ Abrir: abrir }, { Cerrar: cerrar })
  assert.equal(tabla.Abrir, abrir)
  assert.equal(tabla.Cerrar, cerrar)
  assert.ok([incompleta, malEscrita, cambiada, doblada, sinReaccion, chocan, eventoAjeno].every(Boolean))
})
