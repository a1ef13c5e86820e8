import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ObtenerReserva } from 'aeroalpes-api/modulos/vuelos/index.ts'
import { almacenNulo } from './almacen_nulo.ts'
import { componerSinConsumidores } from './composicion.ts'
import { escriturasDeUnaReserva, unaFilaDeReserva } from './escrituras.ts'

const tablaDe = (sql: string): string | undefined => /^insert into "(\w+)"/.exec(sql)?.[1]

test('el techo escribe las filas de una reserva de viajero: la reserva, su resumen, su historial y su mensaje', async () => {
  const sistema = await componerSinConsumidores(almacenNulo())
  const escrituras = await escriturasDeUnaReserva(sistema, 3)
  assert.deepEqual(
    escrituras.map(({ sql }) => tablaDe(sql)),
    ['reservas', 'resumen_reservas', 'historial_cliente', 'outbox'],
  )
  for (const { sql, valores } of escrituras) {
    assert.equal(valores.length, sql.split('?').length - 1)
    assert.ok(!valores.includes(undefined as never))
  }
  assert.ok(escrituras[2]?.valores.includes('viajero-3'))
})

test('dos reservas no repiten identificador ni posición', async () => {
  const sistema = await componerSinConsumidores(almacenNulo())
  const [una = [], otra = []] = [await escriturasDeUnaReserva(sistema, 0), await escriturasDeUnaReserva(sistema, 0)]
  for (const i of [0, 3]) assert.notEqual(una[i]?.valores[0], otra[i]?.valores[0])
})

test('la fila que se lee sin leer es la de una reserva', async () => {
  const sistema = await componerSinConsumidores(almacenNulo())
  const conFila = await componerSinConsumidores(almacenNulo(await unaFilaDeReserva(sistema)))
  const origen = { actor: { id: 'banco', rol: 'operador' }, correlacion: 'c', causa: 'c' } as const
  const { estado, id_cliente } = await conFila.consultar(ObtenerReserva, { id: 'cualquiera' }, origen)
  assert.deepEqual({ estado, id_cliente }, { estado: 'PENDIENTE', id_cliente: 'viajero-0' })
})
