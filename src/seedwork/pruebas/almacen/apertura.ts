import assert from 'node:assert/strict'
import type { Migracion, Migraciones } from '../../infraestructura/almacen/migraciones.ts'
import type { Frase, Lugar } from './lugar.ts'
import { agregarFila, idsDe, tablasDePrueba } from './tablas.ts'

const tabla = (nombre: string): Migracion => ({ nombre, pasos: (db) => [db.schema.createTable(nombre).addColumn('id', 'text')] })

const conMas = (...mas: readonly Migracion[]): Migraciones => ({ ...tablasDePrueba, lista: [...tablasDePrueba.lista, ...mas] })

const abrir = (lugar: Lugar, ...migraciones: readonly Migraciones[]) => lugar.abrir({ migraciones, alFallar: () => {} })

/** La parte del contrato que trata de abrir, cerrar y migrar. */
export const apertura = (frase: Frase): void => {
  frase('cerrar termina lo encolado, que todavía puede leer, y rechaza lo que llega después', async ({ almacen, lugar }) => {
    const unidad = (i: number) => almacen.ejecutar((tx) => tx.ejecutar(agregarFila, { id: `f${i}` })).then(() => idsDe(almacen.lector))
    const encoladas = Array.from({ length: 300 }, (_, i) => unidad(i))
    const cierres = [almacen.cerrar(), almacen.cerrar()]
    await assert.rejects(unidad(300), { codigo: 'almacen_cerrado', clase: 'no_disponible' })
    const leidas = await Promise.all(encoladas)
    assert.ok(leidas.every((ids, i) => ids.includes(`f${i}`)))
    await Promise.all(cierres)
    await assert.rejects(almacen.comprobar(), { codigo: 'almacen_cerrado' })

    const otra = await abrir(lugar, tablasDePrueba)
    assert.equal((await idsDe(otra.lector)).length, 300)
    await otra.cerrar()
  })

  frase('abierto otra vez conserva los datos y la época', async ({ almacen, lugar }) => {
    await almacen.ejecutar((tx) => tx.ejecutar(agregarFila, { id: 'a' }))
    await almacen.cerrar()
    const otra = await abrir(lugar, tablasDePrueba)
    assert.match(otra.epoca, /./)
    assert.equal(otra.epoca, almacen.epoca)
    assert.deepEqual(await idsDe(otra.lector), ['a'])
    await otra.cerrar()
  })

  frase('una migración se aplica una sola vez, y la que se agrega se aplica sobre los datos', async ({ almacen, lugar }) => {
    await almacen.ejecutar((tx) => tx.ejecutar(agregarFila, { id: 'a' }))
    await almacen.cerrar()
    for (const migraciones of [tablasDePrueba, conMas(tabla('segunda')), conMas(tabla('segunda'))]) {
      const otra = await abrir(lugar, migraciones)
      assert.deepEqual(await idsDe(otra.lector), ['a'])
      await otra.cerrar()
    }
  })

  frase('cada módulo lleva la cuenta de sus migraciones', async ({ almacen, lugar }) => {
    await almacen.cerrar()
    const otro = (...lista: readonly Migracion[]): Migraciones => ({ modulo: 'otro', lista })
    const conUna = await abrir(lugar, tablasDePrueba, otro(tabla('una')))
    await conUna.cerrar()
    const conDos = await abrir(lugar, tablasDePrueba, otro(tabla('una'), tabla('dos')))
    await conDos.cerrar()
    await assert.rejects(abrir(lugar, tablasDePrueba, otro(tabla('una'))), { codigo: 'almacen_mas_nuevo' })
  })

  frase('un almacén más nuevo que el programa se rechaza sin tocarlo: almacen_mas_nuevo', async ({ almacen, lugar }) => {
    await almacen.cerrar()
    const nuevo = await abrir(lugar, conMas(tabla('segunda')))
    await nuevo.ejecutar((tx) => tx.ejecutar(agregarFila, { id: 'a' }))
    await nuevo.cerrar()

    const otro: Migraciones = { modulo: 'otro', lista: [tabla('de_otro')] }
    await assert.rejects(abrir(lugar, otro, tablasDePrueba), { codigo: 'almacen_mas_nuevo', clase: 'no_disponible' })

    // Si `de_otro` se hubiera aplicado antes de negarse, aquí se crearía por segunda vez y fallaría.
    const mismo = await abrir(lugar, { ...otro, lista: [tabla('otra_distinta'), tabla('de_otro')] }, conMas(tabla('segunda')))
    assert.deepEqual(await idsDe(mismo.lector), ['a'])
    await mismo.cerrar()
  })

  frase('una migración que falla no deja nada a medias ni impide volver a abrir', async ({ almacen, lugar }) => {
    await almacen.cerrar()
    const rota: Migracion = {
      nombre: 'rota',
      pasos: (db, tipos) => [...tabla('segunda').pasos(db, tipos), db.schema.dropTable('no_existe')],
    }
    await assert.rejects(abrir(lugar, conMas(rota)))
    const otra = await abrir(lugar, conMas(tabla('segunda')))
    await otra.comprobar()
    await otra.cerrar()
  })
}
