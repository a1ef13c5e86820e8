import assert from 'node:assert/strict'
import { conflicto } from '../../dominio/errores.ts'
import type { Tx } from '../../infraestructura/almacen/puerto.ts'
import { AL_FALLAR, agregar, type Frase, fallar } from './lugar.ts'
import { abrirCuenta, agregarFilaLlena, buscarCuenta, buscarFila, guardarCuenta, idsDe, sumarUno } from './tablas.ts'

export const confirmar = (frase: Frase): void => {
  frase('lo escrito se puede leer después de confirmado, y no antes', async ({ almacen }) => {
    const antes = await almacen.ejecutar(async (tx) => {
      await agregar(tx, 'a')
      return almacen.lector.una(buscarFila, { id: 'a' })
    })
    assert.equal(antes, undefined)
    assert.deepEqual(await idsDe(almacen.lector), ['a'])
  })

  frase('una decisión lee por su tx lo que ella misma escribió', async ({ almacen }) => {
    const vistas = await almacen.ejecutar(async (tx) => {
      await agregar(tx, 'a')
      const dentro = await tx.savepoint((s) => agregar(s, 'b').then(() => idsDe(s)))
      return [dentro, await idsDe(tx)]
    })
    assert.deepEqual(vistas, [
      ['a', 'b'],
      ['a', 'b'],
    ])
  })

  frase('devuelve los valores como se guardaron: texto, nulo y bytes', async ({ almacen }) => {
    const bytes = Uint8Array.from([0, 1, 255])
    await almacen.ejecutar((tx) => tx.ejecutar(agregarFilaLlena, { id: 'ñandú 🛫', texto: null, bytes }))
    const fila = await almacen.lector.una(buscarFila, { id: 'ñandú 🛫' })
    assert.equal(fila?.texto, null)
    assert.deepEqual([...(fila?.bytes ?? [])], [0, 1, 255])
  })

  frase('ejecutar devuelve cuántas filas tocó', async ({ almacen }) => {
    const tocadas = await almacen.ejecutar(async (tx) => [
      await tx.ejecutar(abrirCuenta, { id: 'c' }),
      await tx.ejecutar(sumarUno, { id: 'c' }),
      await tx.ejecutar(sumarUno, { id: 'otra' }),
    ])
    assert.deepEqual(tocadas, [1, 1, 0])
  })

  frase('B28 funciona fuera de toda petición: en un trabajo de fondo, con su tx como argumento', async ({ almacen }) => {
    const enElFondo = new Promise((resolver, rechazar) => {
      setImmediate(() => almacen.ejecutar((tx) => agregar(tx, 'a'), 'consumidor').then(resolver, rechazar))
    })
    await enElFondo
    assert.deepEqual(await idsDe(almacen.lector), ['a'])
  })

  frase('B29 una operación puede ser cualquier función, con lo que tenga a su alrededor', async ({ almacen }) => {
    class Contador {
      #valor = 0
      siguiente = () => `f${++this.#valor}`
    }
    const contador = new Contador()
    const propio = Symbol('propio')
    const valor = await almacen.ejecutar(async (tx) => {
      await agregar(tx, contador.siguiente(), contador.siguiente())
      return new Map([[propio, contador]])
    })
    assert.equal(valor.get(propio), contador)
    assert.deepEqual(await idsDe(almacen.lector), ['f1', 'f2'])
  })

  frase('comprobar resuelve mientras se puede escribir', ({ almacen }) => almacen.comprobar())
}

export const deshacer = (frase: Frase): void => {
  frase('B31 la unidad que falla se deshace sola: sus vecinas confirman, antes y después de ella', async ({ almacen }) => {
    const suertes = await Promise.allSettled([
      almacen.ejecutar((tx) => agregar(tx, 'a')),
      almacen.ejecutar((tx) => agregar(tx, 'b').then(fallar)),
      almacen.ejecutar((tx) => agregar(tx, 'c')),
    ])
    assert.deepEqual(
      suertes.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    )
    assert.deepEqual(await idsDe(almacen.lector), ['a', 'c'])
  })

  frase('quien falla recibe su mismo error, también si lo lanza sin promesa', async ({ almacen }) => {
    const error = conflicto('ya_existe', { es: 'Ya existe', en: 'It exists' })
    await assert.rejects(
      almacen.ejecutar(async () => {
        throw error
      }),
      (lanzado) => lanzado === error,
    )
    await assert.rejects(almacen.ejecutar(fallar), AL_FALLAR)
  })

  frase('B26 lo que una unidad fallida dejó a medias no aparece en la siguiente', async ({ almacen }) => {
    await assert.rejects(
      almacen.ejecutar((tx) => agregar(tx, 'a').then(fallar)),
      AL_FALLAR,
    )
    for (const id of ['b', 'c']) await almacen.ejecutar((tx) => agregar(tx, id))
    assert.deepEqual(await idsDe(almacen.lector), ['b', 'c'])
  })

  frase('una escritura repetida hace fallar sólo a su unidad', async ({ almacen }) => {
    const suertes = await Promise.allSettled(['a', 'a', 'b'].map((id) => almacen.ejecutar((tx) => agregar(tx, id))))
    assert.equal(suertes.filter(({ status }) => status === 'rejected').length, 1)
    assert.deepEqual(await idsDe(almacen.lector), ['a', 'b'])
  })
}

export const concurrencia = (frase: Frase): void => {
  frase('B34 de las que compiten con la misma versión leída escribe exactamente una', async ({ almacen }) => {
    await almacen.ejecutar((tx) => tx.ejecutar(abrirCuenta, { id: 'c' }))
    const leida = (await almacen.lector.una(buscarCuenta, { id: 'c' }))?.version ?? -1
    const guardar = (valor: number) => async (tx: Tx) => {
      const escritas = await tx.ejecutar(guardarCuenta, { id: 'c', valor, leida, siguiente: leida + 1 })
      if (escritas === 0) throw conflicto('version_vieja', { es: 'Cambió', en: 'It changed' })
      return valor
    }
    const suertes = await Promise.allSettled([10, 20].map((valor) => almacen.ejecutar(guardar(valor))))
    const ganadoras = suertes.flatMap((suerte) => (suerte.status === 'fulfilled' ? [suerte.value] : []))
    const perdedoras = suertes.flatMap((suerte) => (suerte.status === 'rejected' ? [suerte.reason.codigo] : []))
    assert.equal(ganadoras.length, 1)
    assert.deepEqual(perdedoras, ['version_vieja'])
    assert.deepEqual({ ...(await almacen.lector.una(buscarCuenta, { id: 'c' })) }, { id: 'c', valor: ganadoras[0], version: 1 })
  })

  frase('quinientas unidades a la vez, con algunas que fallan, dejan cuentas exactas', async ({ almacen }) => {
    await almacen.ejecutar((tx) => tx.ejecutar(abrirCuenta, { id: 'c' }))
    const unidad = (i: number) => async (tx: Tx) => {
      await tx.ejecutar(sumarUno, { id: 'c' })
      await agregar(tx, `f${i}`)
      if (i % 7 === 3) fallar()
    }
    const suertes = await Promise.allSettled(
      Array.from({ length: 500 }, (_, i) => almacen.ejecutar(unidad(i), i % 2 ? 'consumidor' : 'peticion')),
    )
    const confirmadas = suertes.flatMap(({ status }, i) => (status === 'fulfilled' ? [`f${i}`] : []))
    assert.equal(confirmadas.length, 429)
    assert.equal((await almacen.lector.una(buscarCuenta, { id: 'c' }))?.valor, confirmadas.length)
    assert.deepEqual(await idsDe(almacen.lector), confirmadas.sort())
  })
}
