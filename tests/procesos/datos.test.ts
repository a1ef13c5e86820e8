import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { pedidoDe } from './apoyo/carga.ts'
import { type Banco, RAIZ, unBanco } from './apoyo/servidor.ts'

const revisar = async (banco: Banco) => {
  const proceso = banco.lanzar({ args: [join(RAIZ, 'src/aeroalpes/revisar_datos.ts')] })
  const { codigo } = await proceso.fin()
  return { codigo, salida: proceso.salida(), errores: proceso.errores() }
}

const SANO = { codigo: 0, salida: 'Todo es lo que se escribió.\n', errores: '' }

test('revisa los datos con el servidor corriendo; lo que el disco cambió se dice, y el servidor no lo sirve', async (t) => {
  const banco = unBanco(t)
  const { api } = await banco.arrancar()
  const cabeceras = { 'content-type': 'application/json' }
  const respuesta = await fetch(`${api}/vuelos/reserva`, {
    ...{ method: 'POST', headers: cabeceras },
    body: JSON.stringify(pedidoDe('Ana')),
  })
  const { id } = (await respuesta.json()) as { id: string }
  assert.deepEqual(await revisar(banco), SANO)
  const db = new DatabaseSync(join(banco.carpeta, 'aeroalpes.db'))
  assert.equal(Number(db.prepare("UPDATE reservas SET pasajeros = replace(pasajeros, 'Ana', 'Ena') WHERE id = ?").run(id).changes), 1)
  db.close()
  const { codigo, salida, errores } = await revisar(banco)
  assert.deepEqual({ codigo, errores }, { codigo: 1, errores: 'reservas: 1 fila no es la que se escribió\n' })
  assert.match(salida, /restaura/)
  const leida = await fetch(`${api}/vuelos/reserva/${id}`)
  assert.deepEqual([leida.status, ((await leida.json()) as { codigo: string }).codigo], [503, 'fila_danada'])
  assert.match(await (await fetch(`${api}/metrics`)).text(), /^almacen_filas_danadas_total [1-9]/m)
})
