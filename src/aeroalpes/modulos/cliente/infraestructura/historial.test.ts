import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import type { Tx } from 'seedwork/infraestructura/almacen/puerto.ts'
import { abrirAlmacenSqlite } from 'seedwork/infraestructura/almacen/sqlite/almacen.ts'
import { entornoReal as entorno } from 'seedwork/infraestructura/entorno_real.ts'
import type { CambioReserva, HistorialReserva } from '../dominio/historial.ts'
import { anotarCambio, buscarHistorial, migracionesCliente } from './historial.ts'

const ESTADOS = ['PENDIENTE', 'APROBADA', 'PAGADA', 'CANCELADA'] as const

const unCambio = (cambios: Partial<CambioReserva> = {}): CambioReserva => ({
  id_cliente: 'c-1',
  id_reserva: 'a-1',
  estado: 'PENDIENTE',
  version: 1,
  fecha: 1_000,
  ...cambios,
})

const vida: readonly CambioReserva[] = ESTADOS.map((estado, i) => unCambio({ estado, version: i + 1, fecha: 1_000 * (i + 1) }))

const carpeta = mkdtempSync(join(tmpdir(), 'historial-'))
const almacen = await abrirAlmacenSqlite({ carpeta, entorno, migraciones: [migracionesCliente] })
after(async () => {
  await almacen.cerrar()
  rmSync(carpeta, { recursive: true })
})

const SIN_GUARDAR = new Error('Lo que se hizo no se guarda.')

/** El historial de `c-1` después de esos cambios, cada vez desde uno vacío. */
const trasAnotar = async (cambios: readonly CambioReserva[]): Promise<readonly HistorialReserva[]> => {
  let visto: readonly HistorialReserva[] = []
  const unidad = async (tx: Tx): Promise<void> => {
    for (const cambio of cambios) anotarCambio(tx, cambio)
    visto = await buscarHistorial(tx, { id_cliente: 'c-1', tamano: 10, despues_de: null })
    throw SIN_GUARDAR
  }
  await assert.rejects(almacen.ejecutar(unidad), SIN_GUARDAR)
  return visto
}

test('el primer evento de una reserva abre su línea en el historial', async () =>
  assert.deepEqual(await trasAnotar([unCambio()]), [unCambio()]))

test('cada evento más nuevo la pone al día', async () => {
  const pagada = unCambio({ estado: 'PAGADA', version: 3, fecha: 3_000 })
  assert.deepEqual(await trasAnotar([unCambio(), pagada]), [pagada])
})

test('uno repetido, o más viejo, no retrocede nada', async () => {
  const sabidos = vida.slice(0, 3)
  for (const tarde of sabidos)
    assert.deepEqual(await trasAnotar([...sabidos, { ...tarde, estado: 'OTRO', fecha: 9_000 }]), sabidos.slice(-1))
})

test('un invitado no tiene historial', async () => assert.deepEqual(await trasAnotar([unCambio({ id_cliente: null })]), []))

test('en cualquier orden y con cualquier repetición, queda lo que cuenta la versión más alta', async () => {
  const entregas = fc.array(fc.constantFrom(...vida), { minLength: 1, maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(entregas, async (cambios) => {
      const mayor = Math.max(...cambios.map(({ version }) => version))
      assert.deepEqual(await trasAnotar(cambios), vida.slice(mayor - 1, mayor))
    }),
  )
})
