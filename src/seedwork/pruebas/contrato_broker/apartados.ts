import assert from 'node:assert/strict'
import { type Apartado, type Entrega, topicoDeApartados } from '../../infraestructura/broker/puerto.ts'
import { alDrenar, apuntar, type Banco, cuando, idsDe, leerAlgunos, nombreNuevo, type Prueba, publicar, serie, unMensaje } from './banco.ts'

const idsApartados = (apartados: readonly Apartado[]): string[] => idsDe(apartados.map(({ mensaje }) => mensaje))

/** Aparta los que empiezan por `malo` la primera vez que los ve; su código es su propia llave. */
const apartarMalos = (vistos = new Set<string>()) => ({
  manejar: async (entrega: Entrega): Promise<void> => {
    const { id, llave } = entrega.mensaje
    if (!id.startsWith('malo') || vistos.has(id)) return
    vistos.add(id)
    await entrega.apartar({ codigo: llave ?? 'sin_llave', mensaje: `No se entiende ${id}` })
  },
})

export const contratoDeApartados = (prueba: Prueba): void => {
  prueba('apartar conserva bytes, llave, identificador, propiedades, origen, causa e intentos, y libera la llave', async (banco) => {
    const topico = nombreNuevo()
    const datos = Uint8Array.of(0, 255, 1, 128)
    const malo = unMensaje({ topico, id: 'malo', llave: 'a', datos, propiedades: { type: 'ReservaCreada', correlationid: 'c-1' } })
    const causa = { codigo: 'indescifrable', mensaje: 'Los bytes no son Avro — «ñ»' }
    const { ids } = await apuntar(banco, {
      topico,
      tipo: 'Key_Shared',
      manejar: async (entrega) => {
        if (entrega.mensaje.id !== 'malo') return
        if (entrega.intento < 3) await entrega.rechazar(0, causa)
        else await entrega.apartar(causa)
      },
    })
    await banco.ejecutar((tx) => banco.broker.publicar(tx, [malo, unMensaje({ topico, id: 'sigue', llave: 'a' })]))
    await cuando(banco, 'sigue la llave', () => ids().includes('sigue'))
    const [apartado, ...mas] = await banco.broker.apartados.ver({})
    assert.ok(apartado)
    assert.equal(mas.length, 0)
    const { mensaje, ...origen } = apartado
    assert.deepEqual([mensaje.id, mensaje.llave, [...mensaje.datos]], ['malo', 'a', [...datos]])
    assert.partialDeepStrictEqual(mensaje.propiedades, malo.propiedades)
    assert.partialDeepStrictEqual(origen, { topico, suscripcion: 'sub', causa, intentos: 3 })
    const [enSuTopico] = await leerAlgunos(banco, { topico: topicoDeApartados(topico, 'sub'), desde: 'primero' }, 1)
    assert.deepEqual([enSuTopico?.id, enSuTopico?.llave, [...(enSuTopico?.datos ?? [])]], ['malo', 'a', [...datos]])
  })

  prueba('lo apartado sobrevive a cerrar, a caer y a la retención, y no vuelve a entregarse', async (banco) => {
    const topico = nombreNuevo()
    const { ids } = await apuntar(banco, { topico, ...apartarMalos() })
    await publicar(banco, topico, ['malo1', 'malo2', 'bueno'])
    await cuando(banco, 'vistos', () => ids().length === 3)
    await alDrenar(banco)
    await banco.reabrir()
    await banco.vencer()
    await banco.caer()
    const despues = await apuntar(banco, { topico })
    await publicar(banco, topico, ['otro'])
    await cuando(banco, 'llega otro', () => despues.ids().length > 0)
    await alDrenar(banco)
    assert.deepEqual(despues.ids(), ['otro'])
    assert.deepEqual(idsApartados(await banco.broker.apartados.ver({})), ['malo1', 'malo2'])
  })
}

/** Dos suscripciones del mismo tópico: `falla` apartó cuatro; `sana` y la lectura no deben enterarse de sus reintentos. */
const conCuatroApartados = async (banco: Banco, topico: string) => {
  const falla = await apuntar(banco, { topico, nombre: 'falla', tipo: 'Key_Shared', ...apartarMalos() })
  const sana = await apuntar(banco, { topico, nombre: 'sana' })
  await publicar(banco, topico, [
    ['a', 'malo1'],
    ['b', 'malo2'],
    ['a', 'malo3'],
    ['a', 'bueno'],
    ['a', 'malo4'],
  ])
  await cuando(banco, 'todos vistos', () => falla.ids().length === 5 && sana.ids().length === 5)
  await alDrenar(banco)
  return { falla, sana }
}

export const contratoDeReintento = (prueba: Prueba): void => {
  prueba('ver filtra por tópico, suscripción, llave y código, en el orden en que se apartaron', async (banco) => {
    const topico = nombreNuevo()
    await conCuatroApartados(banco, topico)
    const ver = async (filtro: Parameters<Banco['broker']['apartados']['ver']>[0]) =>
      idsApartados(await banco.broker.apartados.ver(filtro)).toSorted()
    assert.deepEqual(idsApartados(await banco.broker.apartados.ver({ topico, llave: 'a' })), ['malo1', 'malo3', 'malo4'])
    assert.deepEqual(await ver({ topico }), ['malo1', 'malo2', 'malo3', 'malo4'])
    assert.deepEqual(await ver({ topico, codigo: 'b' }), ['malo2'])
    assert.deepEqual(await ver({ suscripcion: 'falla', llave: 'b' }), ['malo2'])
    assert.deepEqual(await ver({ suscripcion: 'sana' }), [])
    assert.deepEqual(await ver({ topico: 'otro' }), [])
    assert.deepEqual(await ver({ topico, llave: 'a', codigo: 'b' }), [])
  })

  prueba('reintentar devuelve los del filtro, en orden, sólo a la suscripción que los apartó, y dice cuántos', async (banco) => {
    const topico = nombreNuevo()
    const { falla, sana } = await conCuatroApartados(banco, topico)
    assert.equal(await banco.broker.apartados.reintentar({ topico, llave: 'a' }), 3)
    assert.equal(await banco.broker.apartados.reintentar({ topico, llave: 'a' }), 0, 'no se reintentan dos veces')
    await publicar(banco, topico, [['a', 'después']])
    await cuando(banco, 'llegan los tres y el siguiente', () => falla.ids().length === 9)
    await alDrenar(banco)
    assert.deepEqual(falla.ids().slice(5), ['malo1', 'malo3', 'malo4', 'después'])
    assert.deepEqual(
      falla.entregas.slice(5).map(({ intento }) => intento),
      [1, 1, 1, 1],
    )
    assert.deepEqual(sana.ids().slice(5), ['después'])
    assert.deepEqual(idsApartados(await banco.broker.apartados.ver({ topico })), ['malo2'])
    const leidos = idsDe(await leerAlgunos(banco, { topico, desde: 'primero' }, 6))
    assert.deepEqual(leidos, ['malo1', 'malo2', 'malo3', 'bueno', 'malo4', 'después'])
  })

  prueba('un reintento llega con los bytes y las propiedades del original, sin las de apartado', async (banco) => {
    const topico = nombreNuevo()
    const malo = unMensaje({ topico, id: 'malo', llave: 'a', datos: Uint8Array.of(7, 0, 9), propiedades: { type: 'X' } })
    const { entregas } = await apuntar(banco, { topico, ...apartarMalos() })
    await banco.ejecutar((tx) => banco.broker.publicar(tx, [malo]))
    await cuando(banco, 'visto', () => entregas.length === 1)
    await alDrenar(banco)
    assert.equal(await banco.broker.apartados.reintentar({}), 1)
    await cuando(banco, 'vuelve', () => entregas.length === 2)
    const { datos, id, llave, propiedades, topico: suTopico } = entregas[1]?.mensaje ?? malo
    assert.deepEqual({ ...malo, datos: [...malo.datos] }, { topico: suTopico, id, llave, datos: [...datos], propiedades })
  })

  prueba('un reintento espera a su suscripción aunque nadie esté conectado, y puede apartarse otra vez', async (banco) => {
    const topico = nombreNuevo()
    await conCuatroApartados(banco, topico)
    await banco.reabrir()
    assert.equal(await banco.broker.apartados.reintentar({ topico, codigo: 'a' }), 3)
    await banco.reabrir()
    const sana = await apuntar(banco, { topico, nombre: 'sana' })
    const falla = await apuntar(banco, { topico, nombre: 'falla', tipo: 'Key_Shared', ...apartarMalos() })
    assert.deepEqual(
      banco.broker.atrasos().map(({ pendientes }) => pendientes),
      [0, 3],
    )
    await cuando(banco, 'vuelven', () => falla.ids().length === 3)
    await alDrenar(banco)
    assert.deepEqual(falla.ids(), ['malo1', 'malo3', 'malo4'])
    assert.deepEqual(sana.ids(), [])
    assert.deepEqual(idsApartados(await banco.broker.apartados.ver({ topico, llave: 'a' })), ['malo1', 'malo3', 'malo4'])
  })

  prueba('muchos apartados se ven y se reintentan todos', async (banco) => {
    const topico = nombreNuevo()
    const ids = serie(450, 'malo').map((id) => ['a', id] as const)
    const falla = await apuntar(banco, { topico, tipo: 'Key_Shared', ...apartarMalos() })
    await publicar(banco, topico, ids)
    await cuando(banco, 'vistos', () => falla.ids().length === 450)
    await alDrenar(banco)
    assert.deepEqual(idsApartados(await banco.broker.apartados.ver({ topico })), serie(450, 'malo'))
    assert.equal(await banco.broker.apartados.reintentar({ topico }), 450)
    await cuando(banco, 'vuelven', () => falla.ids().length === 900)
    assert.deepEqual(falla.ids().slice(450), serie(450, 'malo'))
    assert.deepEqual(await banco.broker.apartados.ver({ topico }), [])
  })
}
