// Lo que docs/operacion.md dice de copiar y restaurar PostgreSQL, hecho.
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { after, test } from 'node:test'
import { agregarFila, idsDe, tablasDePrueba } from '../../../pruebas/almacen/tablas.ts'
import { abrirServidorPostgres, conCliente } from '../../../pruebas/postgres.ts'
import { entornoReal } from '../../entorno_real.ts'
import { abrirAlmacenPostgres } from './almacen.ts'

const servidor = await abrirServidorPostgres()
after(servidor.parar)
const abrir = (direccion: string) => abrirAlmacenPostgres({ direccion, migraciones: [tablasDePrueba], entorno: entornoReal })

/** Copia los archivos del servidor mientras atiende, como lo hace `pg_basebackup`. */
const copiar = (): Promise<string> =>
  conCliente(servidor.direccion(), async (cliente) => {
    const copia = mkdtempSync(join(tmpdir(), 'postgres-copia-'))
    await cliente.query(`SELECT pg_backup_start('prueba', fast => true)`)
    cpSync(servidor.carpeta, copia, {
      recursive: true,
      filter: (ruta) => !['postmaster.pid', 'postmaster.opts'].includes(basename(ruta)),
      force: true,
    })
    const { rows } = await cliente.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(wait_for_archive => false)')
    writeFileSync(join(copia, 'backup_label'), rows[0]?.labelfile ?? '')
    // El registro que se escribió mientras se copiaba.
    cpSync(join(servidor.carpeta, 'pg_wal'), join(copia, 'pg_wal'), { recursive: true, force: true })
    return copia
  })

test('P27 una copia hecha bajo carga, restaurada, es un principio de la historia; con el paso escrito, su época es otra y sigue', async () => {
  const almacen = await abrir(servidor.direccion())
  let [numero, seguir] = [0, true]
  const escribir = async (): Promise<void> => {
    while (seguir) await almacen.ejecutar((tx) => tx.ejecutar(agregarFila, { id: `f${String(numero++).padStart(6, '0')}` }))
  }
  const escribiendo = escribir()
  const copia = await copiar()
  seguir = false
  await escribiendo
  const todas = await idsDe(almacen.lector)
  await almacen.cerrar()

  const restaurado = await abrirServidorPostgres({ carpeta: copia })
  try {
    await conCliente(restaurado.direccion(), (cliente) => cliente.query(`DELETE FROM almacen WHERE llave = 'epoca'`))
    const otra = await abrir(restaurado.direccion())
    const quedaron = await idsDe(otra.lector)
    assert.deepEqual(quedaron, todas.slice(0, quedaron.length))
    assert.ok(quedaron.length > 0)
    assert.notEqual(otra.epoca, almacen.epoca)
    await otra.ejecutar((tx) => tx.ejecutar(agregarFila, { id: 'z' }))
    await otra.cerrar()
  } finally {
    await restaurado.parar()
  }
})

test('P27 restaurada en otra base, la época cambia sola; abierta otra vez, no', async () => {
  const original = await abrir(servidor.direccion())
  await original.cerrar()
  await conCliente(servidor.direccion('template1'), (cliente) => cliente.query('CREATE DATABASE restaurada TEMPLATE postgres'))
  const otra = await abrir(servidor.direccion('restaurada'))
  await otra.cerrar()
  const otraVez = await abrir(servidor.direccion('restaurada'))
  await otraVez.cerrar()
  assert.notEqual(otra.epoca, original.epoca)
  assert.equal(otraVez.epoca, otra.epoca)
})
