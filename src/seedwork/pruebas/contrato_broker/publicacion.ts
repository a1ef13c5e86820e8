import assert from 'node:assert/strict'
import { alDrenar, apuntar, cuando, idsDe, leerAlgunos, nombreNuevo, type Prueba, publicar, serie, unMensaje } from './banco.ts'

export const contratoDePublicacion = (prueba: Prueba): void => {
  prueba('B32 lo publicado sale si y sólo si su tx se confirma', async (banco) => {
    const topico = nombreNuevo()
    const { ids } = await apuntar(banco, { topico })
    const rota = banco.ejecutar(async (tx) => {
      await banco.broker.publicar(tx, [unMensaje({ topico, id: 'deshecho' })])
      throw new Error('la regla no se cumplió')
    })
    await assert.rejects(rota, /la regla/)
    await publicar(banco, topico, ['confirmado'])
    await cuando(banco, 'llega el confirmado', () => ids().length > 0)
    await alDrenar(banco)
    assert.deepEqual(ids(), ['confirmado'])
    assert.deepEqual(idsDe(await leerAlgunos(banco, { topico, desde: 'primero' }, 1)), ['confirmado'])
  })

  prueba('nada sale antes de que la tx termine', async (banco) => {
    const topico = nombreNuevo()
    const { ids } = await apuntar(banco, { topico })
    await banco.ejecutar(async (tx) => {
      await banco.broker.publicar(tx, [unMensaje({ topico, id: 'a' })])
      for (let i = 0; i < 50; i++) await Promise.resolve()
      assert.deepEqual(ids(), [])
    })
    await cuando(banco, 'llega después del commit', () => ids().length === 1)
  })

  prueba('un savepoint que se deshace no publica lo suyo, y el resto de su tx sale en orden', async (banco) => {
    const topico = nombreNuevo()
    const { ids } = await apuntar(banco, { topico, permisos: 1 })
    await banco.ejecutar(async (tx) => {
      await banco.broker.publicar(tx, [unMensaje({ topico, id: 'antes' })])
      const parte = tx.savepoint(async (interior) => {
        await banco.broker.publicar(interior, [unMensaje({ topico, id: 'deshecho' })])
        throw new Error('se deshace')
      })
      await assert.rejects(parte, /se deshace/)
      await tx.savepoint((interior) => banco.broker.publicar(interior, [unMensaje({ topico, id: 'anidado' })]))
      await banco.broker.publicar(tx, [unMensaje({ topico, id: 'después' })])
    })
    await cuando(banco, 'llegan los tres', () => ids().length >= 3)
    await alDrenar(banco)
    assert.deepEqual(ids(), ['antes', 'anidado', 'después'])
  })

  prueba('llegan los mismos bytes, llave, identificador y propiedades, por suscripción y por lectura', async (banco) => {
    const topico = nombreNuevo()
    const datos = Uint8Array.from({ length: 256 }, (_, i) => i)
    const original = unMensaje({
      topico,
      id: 'ñ/1',
      llave: 'llave «con» ñ',
      datos,
      propiedades: { type: 'ReservaCreada', vacia: '', raro: '"\\\n😀' },
    })
    const vacio = unMensaje({ topico, id: 'sin-bytes', datos: new Uint8Array() })
    const { entregas } = await apuntar(banco, { topico })
    await banco.ejecutar((tx) => banco.broker.publicar(tx, [original, vacio]))
    await cuando(banco, 'llegan los dos', () => entregas.length === 2)
    const porLectura = await leerAlgunos(banco, { topico, desde: 'primero' }, 2)
    for (const recibidos of [entregas.map((e) => e.mensaje), porLectura]) {
      const sinPosicion = recibidos.map(({ topico, id, llave, datos, propiedades }) => ({
        topico,
        id,
        llave,
        datos: [...datos],
        propiedades,
      }))
      assert.deepEqual(
        sinPosicion,
        [original, vacio].map((m) => ({ ...m, datos: [...m.datos] })),
      )
    }
    assert.deepEqual(
      entregas.map(({ mensaje: { posicion, instante } }) => ({ posicion, instante })),
      porLectura.map(({ posicion, instante }) => ({ posicion, instante })),
    )
  })

  prueba('cada suscripción recibe todo, y lo que una salda sigue pendiente en las demás', async (banco) => {
    const topico = nombreNuevo()
    const una = await apuntar(banco, { topico, nombre: 'una' })
    const otra = await apuntar(banco, { topico, nombre: 'otra' })
    await publicar(banco, topico, serie(20))
    await alDrenar(banco)
    const tarde = await apuntar(banco, { topico, nombre: 'tarde' })
    await cuando(banco, 'la tercera también', () => tarde.ids().length === 20)
    for (const { ids } of [una, otra, tarde]) assert.deepEqual(new Set(ids()), new Set(serie(20)))
    assert.equal(una.ids().length + otra.ids().length, 40)
  })

  prueba('lo de un tópico no llega a quien se suscribió a otro', async (banco) => {
    const [topico, ajeno] = [nombreNuevo(), nombreNuevo()]
    const { ids } = await apuntar(banco, { topico })
    await publicar(banco, ajeno, ['ajeno'])
    await publicar(banco, topico, ['mío'])
    await cuando(banco, 'llega', () => ids().length > 0)
    await alDrenar(banco)
    assert.deepEqual(ids(), ['mío'])
  })
}

export const contratoDeInicio = (prueba: Prueba): void => {
  prueba('una suscripción nueva empieza en el primero, en el último, tras una posición o en un instante', async (banco) => {
    const topico = nombreNuevo()
    for (const id of serie(4)) {
      await publicar(banco, topico, [id])
      await banco.pasar(20)
    }
    const [, segundo, tercero] = await leerAlgunos(banco, { topico, desde: 'primero' }, 4)
    assert.ok(segundo && tercero)
    const desdePrimero = await apuntar(banco, { topico, nombre: 'primero', inicio: 'primero' })
    const desdeUltimo = await apuntar(banco, { topico, nombre: 'ultimo', inicio: 'ultimo' })
    const trasPosicion = await apuntar(banco, { topico, nombre: 'posicion', inicio: { posicion: segundo.posicion } })
    const desdeInstante = await apuntar(banco, { topico, nombre: 'instante', inicio: { instante: tercero.instante } })
    const desdeDespues = await apuntar(banco, { topico, nombre: 'despues', inicio: { instante: tercero.instante + 10_000_000 } })
    await publicar(banco, topico, ['5'])
    await alDrenar(banco)
    assert.deepEqual(desdePrimero.ids(), ['1', '2', '3', '4', '5'])
    assert.deepEqual(desdeUltimo.ids(), ['5'])
    assert.deepEqual(trasPosicion.ids(), ['3', '4', '5'])
    assert.deepEqual(desdeInstante.ids(), ['3', '4', '5'])
    assert.deepEqual(desdeDespues.ids(), ['5'])
  })

  prueba('una suscripción que ya existe sigue donde iba, pida el inicio que pida', async (banco) => {
    const topico = nombreNuevo()
    const primera = await apuntar(banco, { topico })
    await publicar(banco, topico, ['1', '2'])
    await cuando(banco, 'llegan dos', () => primera.ids().length === 2)
    await alDrenar(banco)
    await banco.reabrir()
    await publicar(banco, topico, ['3'])
    const segunda = await apuntar(banco, { topico, inicio: 'ultimo' })
    await cuando(banco, 'llega el tercero', () => segunda.ids().length > 0)
    await banco.reabrir()
    await publicar(banco, topico, ['4'])
    const tercera = await apuntar(banco, { topico, inicio: 'primero' })
    await cuando(banco, 'llega el cuarto', () => tercera.ids().length > 0)
    await alDrenar(banco)
    assert.deepEqual([primera.ids(), segunda.ids(), tercera.ids()], [['1', '2'], ['3'], ['4']])
  })

  prueba('una posición perdida no abre la suscripción, y se puede pedir otra vez con otro inicio', async (banco) => {
    const topico = nombreNuevo()
    await publicar(banco, topico, ['1'])
    const perdida = apuntar(banco, { topico, inicio: { posicion: 'otra-historia.1' } })
    await assert.rejects(perdida, { codigo: 'posicion_perdida' })
    const { ids } = await apuntar(banco, { topico, inicio: 'primero' })
    await cuando(banco, 'llega', () => ids().length === 1)
  })
}
