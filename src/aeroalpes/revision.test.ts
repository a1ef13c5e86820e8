import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { ARCHIVO, abrirAlmacenSqlite } from 'seedwork/infraestructura/almacen/sqlite/almacen.ts'
import { entornoReal } from 'seedwork/infraestructura/entorno_real.ts'
import { aceptarOperacion } from 'seedwork/infraestructura/operaciones.ts'
import { entornoVirtual } from 'seedwork/pruebas/entorno_virtual.ts'
import { revisarCadaDia } from './revision.ts'
import { migraciones } from './sistema.ts'

const HORA_MS = 60 * 60_000

const conUnaOperacion = async (t: TestContext): Promise<string> => {
  const carpeta = mkdtempSync(join(tmpdir(), 'revision-'))
  t.after(() => rmSync(carpeta, { recursive: true }))
  const almacen = await abrirAlmacenSqlite({ carpeta, entorno: entornoReal, migraciones })
  await almacen.ejecutar(async (tx) =>
    aceptarOperacion(tx, { id: 'o1', comando: 'CrearReserva', sujeto: 'r1', actor: 'ana', fecha_creacion: 1 }),
  )
  await almacen.cerrar()
  return carpeta
}

test('a la hora de arrancar, y luego cada día, se revisan los datos sin que nadie lo pida; de lo sano no se dice nada', async (t) => {
  const carpeta = await conUnaOperacion(t)
  const { planificador, avanzar } = entornoVirtual()
  const hallado: string[] = []
  let dicho = Promise.withResolvers<void>()
  const alHallar = (danos: string): void => {
    hallado.push(danos)
    dicho.resolve()
  }
  const revision = revisarCadaDia({ carpeta, planificador, alHallar, alFallar: dicho.reject })
  t.after(revision.detener)
  const db = new DatabaseSync(join(carpeta, ARCHIVO))
  db.exec("UPDATE operaciones SET id = 'o2'")
  await avanzar(HORA_MS)
  await dicho.promise
  dicho = Promise.withResolvers()
  db.exec("UPDATE operaciones SET comando = 'CancelarReserva', id = 'o1'")
  db.close()
  await avanzar(24 * HORA_MS)
  await dicho.promise
  const UNA = 'operaciones: 1 fila no es la que se escribió'
  assert.deepEqual(hallado, [`${UNA}\n${UNA}`, UNA])
})

test('si se detiene a mitad, a quien revisa no se le espera', async (t) => {
  const carpeta = await conUnaOperacion(t)
  const { planificador, avanzar } = entornoVirtual()
  const hallado: unknown[] = []
  const anotar = (que: unknown): void => void hallado.push(que)
  const revision = revisarCadaDia({ carpeta, planificador, alHallar: anotar, alFallar: anotar })
  await avanzar(HORA_MS)
  revision.detener()
  await avanzar(48 * HORA_MS)
  assert.deepEqual(hallado, [])
})
