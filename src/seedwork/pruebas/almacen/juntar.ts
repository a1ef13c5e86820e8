import assert from 'node:assert/strict'
import type { Junta, Tx } from '../../infraestructura/almacen/puerto.ts'
import { AL_FALLAR, type Frase, fallar } from './lugar.ts'
import { agregarFilas, idsDe } from './tablas.ts'

const filas: Junta = { consulta: agregarFilas, parametros: {} }

export const juntar = (frase: Frase): void => {
  frase('lo juntado se escribe al confirmar: antes no lo lee ni su unidad, y cuando resuelve ya está', async ({ almacen }) => {
    const leidas = await almacen.ejecutar(async (tx) => {
      tx.juntar(filas, 'a')
      await tx.savepoint(async (s) => s.savepoint(async (i) => i.juntar(filas, 'b')))
      return idsDe(tx)
    })
    assert.deepEqual(leidas, [])
    assert.deepEqual(await idsDe(almacen.lector), ['a', 'b'])
  })

  frase('lo juntado se va con la unidad, o el savepoint, que se deshace', async ({ almacen }) => {
    await assert.rejects(
      almacen.ejecutar(async (tx) => fallar(tx.juntar(filas, 'unidad'))),
      AL_FALLAR,
    )
    await almacen.ejecutar(async (tx) => {
      const perdida = tx.savepoint(async (s) => {
        await s.savepoint(async (i) => i.juntar(filas, 'interior'))
        fallar(s.juntar(filas, 'savepoint'))
      })
      await assert.rejects(perdida, AL_FALLAR)
      tx.juntar(filas, 'queda')
    })
    assert.deepEqual(await idsDe(almacen.lector), ['queda'])
  })

  frase('si lo juntado no se puede escribir, la unidad falla, nada de ella queda y la siguiente escribe', async ({ almacen }) => {
    const unidad = async (tx: Tx): Promise<void> => {
      tx.juntar(filas, 'a')
      tx.juntar(filas, 'a')
    }
    await assert.rejects(almacen.ejecutar(unidad))
    assert.deepEqual(await idsDe(almacen.lector), [])
    await almacen.ejecutar(async (tx) => tx.juntar(filas, 'b'))
    assert.deepEqual(await idsDe(almacen.lector), ['b'])
  })

  frase('juntar con una tx que ya terminó falla', async ({ almacen }) => {
    const vieja = await almacen.ejecutar(async (tx) => [tx] as const)
    assert.throws(() => vieja[0].juntar(filas, 'a'), { codigo: 'tx_terminada' })
  })
}
