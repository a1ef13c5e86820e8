import assert from 'node:assert/strict'
import type { Tx } from '../../infraestructura/almacen/puerto.ts'
import { AL_FALLAR, agregar, type Frase, fallar } from './lugar.ts'
import { agregarFila, buscarFila, idsDe } from './tablas.ts'

/** Tres savepoints, uno dentro de otro; el del nivel `falla` lanza después de terminar los suyos, y quien lo abrió sigue. */
const anidados = async (tx: Tx, falla: number, nivel = 1): Promise<void> => {
  if (nivel > 3) return
  await tx
    .savepoint(async (s) => {
      await agregar(s, `nivel${nivel}`)
      await anidados(s, falla, nivel + 1)
      if (nivel === falla) fallar()
    })
    .catch(() => agregar(tx, `después de ${nivel}`))
}

export const savepoints = (frase: Frase): void => {
  const quedan = [['nivel1', 'nivel2', 'nivel3'], ['después de 1'], ['después de 2', 'nivel1'], ['después de 3', 'nivel1', 'nivel2']]
  for (const [falla, esperadas] of quedan.entries())
    frase(
      `B33 de tres savepoints anidados ${falla ? `falla el ${falla}: se deshace ese` : 'no falla ninguno: quedan todos'}`,
      async (p) => {
        await p.almacen.ejecutar((tx) => anidados(tx, falla))
        assert.deepEqual(await idsDe(p.almacen.lector), esperadas)
      },
    )

  frase('B33 un savepoint que terminó bien se va con la unidad que falla', async ({ almacen }) => {
    const unidad = (tx: Tx) => tx.savepoint((s) => agregar(s, 'a')).then(fallar)
    await assert.rejects(almacen.ejecutar(unidad), AL_FALLAR)
    assert.deepEqual(await idsDe(almacen.lector), [])
  })

  frase('B33 un savepoint que falla con otro abierto dentro se deshace entero', async ({ almacen }) => {
    const suelto = Promise.withResolvers<void>()
    await almacen.ejecutar(async (tx) => {
      let interior: Promise<void> | undefined
      const parte = tx.savepoint(async (s) => {
        await agregar(s, 'se va')
        interior = s.savepoint((i) => agregar(i, 'se va también').then(() => suelto.promise))
        interior.catch(() => {}) // puede fallar antes de que la prueba lo mire
        await s.ejecutar(agregarFila, { id: 'no llega' })
      })
      await assert.rejects(parte, { codigo: 'tx_ocupada' })
      suelto.resolve()
      await assert.rejects(interior ?? Promise.resolve(), { codigo: 'tx_terminada' })
      await agregar(tx, 'queda')
    })
    assert.deepEqual(await idsDe(almacen.lector), ['queda'])
  })
}

export const usoDeLaTx = (frase: Frase): void => {
  frase('mientras un savepoint está abierto sólo se usa su tx: por la de fuera, tx_ocupada', async ({ almacen }) => {
    await almacen.ejecutar((tx) =>
      tx.savepoint(async (s) => {
        await assert.rejects(tx.ejecutar(agregarFila, { id: 'a' }), { codigo: 'tx_ocupada', clase: 'interno' })
        await assert.rejects(tx.una(buscarFila, { id: 'a' }), { codigo: 'tx_ocupada' })
        await assert.rejects(tx.todas(buscarFila, { id: 'a' }), { codigo: 'tx_ocupada' })
        await assert.rejects(
          tx.savepoint(async () => {}),
          { codigo: 'tx_ocupada' },
        )
        assert.throws(() => tx.alConfirmar(() => {}), { codigo: 'tx_ocupada' })
        await agregar(s, 'b')
      }),
    )
    assert.deepEqual(await idsDe(almacen.lector), ['b'])
  })

  frase('cerrado el savepoint, la tx de fuera vuelve a servir y la suya ya no', async ({ almacen }) => {
    await almacen.ejecutar(async (tx) => {
      const bien = await tx.savepoint(async (s) => s)
      const mal: Tx[] = []
      await assert.rejects(
        tx.savepoint(async (s) => fallar(mal.push(s))),
        AL_FALLAR,
      )
      for (const vieja of [bien, ...mal]) await assert.rejects(agregar(vieja, 'a'), { codigo: 'tx_terminada' })
      await agregar(tx, 'b')
    })
    assert.deepEqual(await idsDe(almacen.lector), ['b'])
  })

  frase('terminada la unidad, bien o mal, su tx ya no sirve para nada', async ({ almacen }) => {
    const viejas: Tx[] = [await almacen.ejecutar(async (tx) => tx)]
    await assert.rejects(
      almacen.ejecutar(async (tx) => fallar(viejas.push(tx))),
      AL_FALLAR,
    )
    for (const vieja of viejas) {
      await assert.rejects(agregar(vieja, 'a'), { codigo: 'tx_terminada', clase: 'interno' })
      await assert.rejects(idsDe(vieja), { codigo: 'tx_terminada' })
      await assert.rejects(
        vieja.savepoint(async () => {}),
        { codigo: 'tx_terminada' },
      )
      assert.throws(() => vieja.alConfirmar(() => {}), { codigo: 'tx_terminada' })
    }
    assert.deepEqual(await idsDe(almacen.lector), [])
  })

  frase('una unidad que termina sin esperar su savepoint falla, y nada de ella queda', async ({ almacen }) => {
    const suelto = Promise.withResolvers<void>()
    const olvidados: Promise<unknown>[] = []
    const unidad = almacen.ejecutar(async (tx) => {
      await agregar(tx, 'a')
      olvidados.push(tx.savepoint((s) => agregar(s, 'b').then(() => suelto.promise)))
      for (const olvidado of olvidados) olvidado.catch(() => {}) // lo mismo
    })
    await assert.rejects(unidad, { codigo: 'tx_ocupada' })
    suelto.resolve()
    await assert.rejects(Promise.all(olvidados), { codigo: 'tx_terminada' })
    assert.deepEqual(await idsDe(almacen.lector), [])
  })
}

export const avisos = (frase: Frase): void => {
  frase('B30 un aviso corre una vez, cuando lo suyo ya se puede leer y antes de que la unidad resuelva', async ({ almacen }) => {
    const orden: string[] = []
    let visto: Promise<string[]> | undefined
    const unidad = almacen.ejecutar(async (tx) => {
      tx.alConfirmar(() => {
        orden.push('aviso')
        visto = idsDe(almacen.lector)
      })
      await agregar(tx, 'a')
      orden.push('escrito')
    })
    await unidad.then(() => orden.push('resuelta'))
    await almacen.comprobar()
    assert.deepEqual(orden, ['escrito', 'aviso', 'resuelta'])
    assert.deepEqual(await visto, ['a'])
  })

  frase('B31 los avisos corren todos, en el orden en que se pidieron, también los de savepoints que quedaron', async ({ almacen }) => {
    const orden: number[] = []
    await almacen.ejecutar(async (tx) => {
      tx.alConfirmar(() => orden.push(1))
      await tx.savepoint((s) => s.savepoint(async (i) => i.alConfirmar(() => orden.push(2))))
      tx.alConfirmar(() => orden.push(3))
    })
    await almacen.ejecutar(async (tx) => tx.alConfirmar(() => orden.push(4)))
    assert.deepEqual(orden, [1, 2, 3, 4])
  })

  frase('un aviso no corre si su unidad, o el savepoint en que se pidió, se deshace', async ({ almacen }) => {
    const orden: string[] = []
    const fallida = almacen.ejecutar(async (tx) => fallar(tx.alConfirmar(() => orden.push('unidad'))))
    await assert.rejects(fallida, AL_FALLAR)
    await almacen.ejecutar(async (tx) => {
      const perdida = tx.savepoint(async (s) => {
        await s.savepoint(async (i) => i.alConfirmar(() => orden.push('interior')))
        s.alConfirmar(() => orden.push('savepoint'))
        fallar()
      })
      await assert.rejects(perdida, AL_FALLAR)
      tx.alConfirmar(() => orden.push('queda'))
    })
    await almacen.comprobar()
    assert.deepEqual(orden, ['queda'])
  })

  frase('un aviso que lanza no quita a nadie su aviso ni su respuesta, y se sabe de él', async ({ almacen, fallas }) => {
    const orden: string[] = []
    const respuestas = await Promise.all(
      ['a', 'b', 'c'].map((id) =>
        almacen.ejecutar(async (tx) => {
          if (id === 'b') tx.alConfirmar(fallar)
          tx.alConfirmar(() => orden.push(id))
          await agregar(tx, id)
          return id
        }),
      ),
    )
    assert.deepEqual(respuestas, ['a', 'b', 'c'])
    assert.deepEqual(orden.sort(), ['a', 'b', 'c'])
    await almacen.comprobar()
    assert.deepEqual(
      fallas.map((falla) => (falla as Error).message),
      [AL_FALLAR.message],
    )
  })
}
