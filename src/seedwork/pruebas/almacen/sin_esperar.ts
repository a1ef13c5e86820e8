import assert from 'node:assert/strict'
import type { Tx } from '../../infraestructura/almacen/puerto.ts'
import { agregar, type Frase } from './lugar.ts'
import { agregarFila, buscarFila, idsDe } from './tablas.ts'

const LLAVE_TOMADA = /unique|UNIQUE|duplicate key/

/** Deja escrita dos veces la misma llave: la segunda falla. */
const dosVeces = (tx: Tx): void => {
  tx.escribir(agregarFila, { id: 'a' })
  tx.escribir(agregarFila, { id: 'a' })
}

export const sinEsperar = (frase: Frase): void => {
  frase('lo escrito sin esperar se lee en la misma unidad, y queda con ella', async ({ almacen }) => {
    const leida = await almacen.ejecutar(async (tx) => {
      tx.escribir(agregarFila, { id: 'a' })
      tx.escribir(agregarFila, { id: 'b' })
      return idsDe(tx)
    })
    assert.deepEqual(leida, ['a', 'b'])
    assert.deepEqual(await idsDe(almacen.lector), ['a', 'b'])
  })

  frase('lo escrito sin esperar que falla hace fallar la unidad entera, con su error', async ({ almacen }) => {
    const unidad = almacen.ejecutar(async (tx) => {
      await agregar(tx, 'antes')
      dosVeces(tx)
    })
    await assert.rejects(unidad, LLAVE_TOMADA)
    assert.deepEqual(await idsDe(almacen.lector), [])
  })

  frase('lo que se lee después de una escritura que falló lanza el error de ella, y callarlo no la salva', async ({ almacen }) => {
    const unidad = almacen.ejecutar(async (tx) => {
      const leer = async (): Promise<unknown> => {
        dosVeces(tx)
        return tx.una(buscarFila, { id: 'a' })
      }
      await assert.rejects(leer(), LLAVE_TOMADA)
      throw new Error('callada')
    })
    await assert.rejects(unidad, /callada/)
    assert.deepEqual(await idsDe(almacen.lector), [])
  })

  frase('dentro de un savepoint se va con él, y la unidad sigue', async ({ almacen }) => {
    await almacen.ejecutar(async (tx) => {
      const parte = tx.savepoint(async (s) => dosVeces(s))
      await assert.rejects(parte, LLAVE_TOMADA)
      tx.escribir(agregarFila, { id: 'sigue' })
    })
    assert.deepEqual(await idsDe(almacen.lector), ['sigue'])
  })
}
