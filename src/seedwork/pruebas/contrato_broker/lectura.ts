import assert from 'node:assert/strict'
import { alDrenar, apuntar, type Banco, cuando, idsDe, leerAlgunos, nombreNuevo, type Prueba, publicar, serie } from './banco.ts'

/** Un lector que apunta lo que lee hasta que se le aborta. */
const seguir = (banco: Banco, topico: string, desde: Parameters<Banco['broker']['leer']>[0]['desde']) => {
  const ids: string[] = []
  const aborto = new AbortController()
  const fin = (async () => {
    for await (const { id } of banco.broker.leer({ topico, desde, senal: aborto.signal })) ids.push(id)
  })()
  return { ids, fin, abortar: () => aborto.abort() }
}

const rechazaPorPerdida = (banco: Banco, topico: string, posicion: string): Promise<void> =>
  assert.rejects(leerAlgunos(banco, { topico, desde: { posicion } }, 1), { codigo: 'posicion_perdida' })

export const contratoDeLectura = (prueba: Prueba): void => {
  prueba('leer empieza en el primero, tras una posición o en un instante, y va en orden sin acusar nada', async (banco) => {
    const topico = nombreNuevo()
    for (const id of serie(5)) {
      await publicar(banco, topico, [id])
      await banco.pasar(20)
    }
    const todos = await leerAlgunos(banco, { topico, desde: 'primero' }, 5)
    assert.deepEqual(idsDe(todos), serie(5))
    const [, segundo, , cuarto] = todos
    assert.ok(segundo && cuarto)
    assert.deepEqual(idsDe(await leerAlgunos(banco, { topico, desde: { posicion: segundo.posicion } }, 3)), ['3', '4', '5'])
    assert.deepEqual(idsDe(await leerAlgunos(banco, { topico, desde: { instante: cuarto.instante } }, 2)), ['4', '5'])
    const { ids } = await apuntar(banco, { topico })
    await alDrenar(banco)
    assert.equal(ids().length, 5)
  })

  prueba('leer desde el último sigue lo que se publica desde entonces, sin huecos, mientras se publica', async (banco) => {
    const topico = nombreNuevo()
    await publicar(banco, topico, ['viejo'])
    const lector = seguir(banco, topico, 'ultimo')
    let publicados = 0
    // El lector empieza cuando su conexión está lista: lo dice el primero que ve.
    await cuando(banco, 'el lector está al día', () => {
      void publicar(banco, topico, [`s${++publicados}`])
      return lector.ids.length > 0
    })
    await publicar(banco, topico, ['fin'])
    await cuando(banco, 'llega el fin', () => lector.ids.at(-1) === 'fin')
    lector.abortar()
    await lector.fin
    const primero = Number(lector.ids[0]?.slice(1))
    assert.deepEqual(lector.ids, [...serie(publicados, 's').slice(primero - 1), 'fin'])
  })

  prueba('varios lectores leen a la vez, cada uno todo, mientras se publica más de lo que cabe en una página', async (banco) => {
    const topico = nombreNuevo()
    const tandas = Array.from({ length: 12 }, (_, tanda) => serie(50, `${tanda}-`))
    const lectores = [seguir(banco, topico, 'primero'), seguir(banco, topico, 'primero')]
    for (const tanda of tandas) {
      await publicar(banco, topico, tanda)
      if (lectores.length < 4) lectores.push(seguir(banco, topico, 'primero'))
    }
    await cuando(banco, 'todos leen todo', () => lectores.every(({ ids }) => ids.length >= 600))
    for (const { ids, abortar, fin } of lectores) {
      abortar()
      await fin
      assert.deepEqual(ids, tandas.flat())
    }
  })

  prueba('abortar termina la lectura: esperando, a mitad de una página o antes de empezar', async (banco) => {
    const topico = nombreNuevo()
    const esperando = seguir(banco, topico, 'primero')
    await publicar(banco, topico, serie(10))
    await cuando(banco, 'al día', () => esperando.ids.length === 10)
    esperando.abortar()
    await esperando.fin
    assert.deepEqual(idsDe(await leerAlgunos(banco, { topico, desde: 'primero' }, 3)), ['1', '2', '3'])
    const nunca = seguir(banco, topico, 'primero')
    nunca.abortar()
    await nunca.fin
    assert.deepEqual(nunca.ids, [])
  })

  prueba('las posiciones ordenan y siguen valiendo después de reabrir y de caer', async (banco) => {
    const topico = nombreNuevo()
    await publicar(banco, topico, ['1', '2'])
    const [primero] = await leerAlgunos(banco, { topico, desde: 'primero' }, 2)
    assert.ok(primero)
    await banco.reabrir()
    await publicar(banco, topico, ['3'])
    await banco.caer()
    await publicar(banco, topico, ['4'])
    const siguientes = await leerAlgunos(banco, { topico, desde: { posicion: primero.posicion } }, 3)
    assert.deepEqual(idsDe(siguientes), ['2', '3', '4'])
    assert.equal(new Set(siguientes.map(({ posicion }) => posicion)).size, 3)
  })
}

export const contratoDePosicionPerdida = (prueba: Prueba): void => {
  prueba('posicion_perdida: de otra historia de los datos, del futuro, o que no se entiende', async (banco) => {
    const topico = nombreNuevo()
    await publicar(banco, topico, ['1'])
    const [uno] = await leerAlgunos(banco, { topico, desde: 'primero' }, 1)
    assert.ok(uno)
    const [epoca, ...resto] = uno.posicion.split('.')
    await rechazaPorPerdida(banco, topico, `otra${epoca}.${resto.join('.')}`)
    await rechazaPorPerdida(banco, topico, `${epoca}.999999999`)
    for (const rara of ['', 'x', `${epoca}.x`, `${epoca}.-1`, `${epoca}.1e999`]) await rechazaPorPerdida(banco, topico, rara)
  })

  prueba('posicion_perdida: lo que seguía a una posición ya se borró; desde la última que queda se sigue', async (banco) => {
    const topico = nombreNuevo()
    await publicar(banco, topico, serie(4))
    const [, segundo, , cuarto] = await leerAlgunos(banco, { topico, desde: 'primero' }, 4)
    assert.ok(segundo && cuarto)
    await banco.vencer()
    await banco.reabrir()
    await publicar(banco, topico, ['5', '6'])
    await rechazaPorPerdida(banco, topico, segundo.posicion)
    const quedan = banco.conservaElUltimo ? ['4', '5', '6'] : ['5', '6']
    const leidos = await leerAlgunos(banco, { topico, desde: 'primero' }, quedan.length)
    assert.deepEqual(idsDe(leidos), quedan)
    const ultimo = banco.conservaElUltimo ? cuarto : leidos[0]
    assert.ok(ultimo)
    const [siguiente] = await leerAlgunos(banco, { topico, desde: { posicion: ultimo.posicion } }, 1)
    assert.equal(siguiente?.id, quedan[1])
  })

  prueba('posicion_perdida: a un lector lento al que la retención alcanza se le dice, en vez de saltar lo borrado', async (banco) => {
    const topico = nombreNuevo()
    await publicar(banco, topico, serie(1_000))
    const lector = banco.broker.leer({ topico, desde: 'primero', senal: new AbortController().signal })[Symbol.asyncIterator]()
    assert.equal((await lector.next()).value.id, '1')
    await banco.vencer()
    const leidos = ['1']
    const seguir = async (): Promise<void> => {
      for (let paso = await lector.next(); !paso.done; paso = await lector.next()) leidos.push(paso.value.id)
    }
    await assert.rejects(seguir(), { codigo: 'posicion_perdida' })
    assert.deepEqual(leidos, serie(leidos.length))
    assert.ok(leidos.length < 1_000)
  })
}
