import assert from 'node:assert/strict'
import type { Entrega } from '../../infraestructura/broker/puerto.ts'
import { alDrenar, apuntar, CAUSA, cuando, nombreNuevo, type Prueba, publicar, puerta, serie } from './banco.ts'

const rechazarLaPrimera =
  (id: string, retrasoMs: number) =>
  async (entrega: Entrega): Promise<void> => {
    if (entrega.mensaje.id === id && entrega.intento === 1) await entrega.rechazar(retrasoMs, CAUSA)
  }

export const contratoDeRechazo = (prueba: Prueba): void => {
  prueba('llave_retenida: lo rechazado espera su plazo y retiene sólo su llave, que después sigue en orden', async (banco) => {
    const topico = nombreNuevo()
    const { ids, entregas } = await apuntar(banco, { topico, tipo: 'Key_Shared', manejar: rechazarLaPrimera('a1', 5_000) })
    await publicar(banco, topico, [
      ['a', 'a1'],
      ['a', 'a2'],
      ['b', 'b1'],
      ['a', 'a3'],
      ['b', 'b2'],
      ['c', 'c1'],
    ])
    await cuando(banco, 'pasan las demás llaves', () => ids().length === 4)
    await banco.pasar(4_000)
    await publicar(banco, topico, [
      ['a', 'a4'],
      ['c', 'c2'],
    ])
    await cuando(banco, 'siguen pasando', () => ids().length === 5)
    assert.deepEqual(ids().toSorted(), ['a1', 'b1', 'b2', 'c1', 'c2'])
    await banco.pasar(1_500)
    await cuando(banco, 'sigue la llave', () => ids().length === 9)
    assert.deepEqual(
      ids().filter((id) => id.startsWith('a')),
      ['a1', 'a1', 'a2', 'a3', 'a4'],
    )
    assert.deepEqual(
      entregas.filter(({ mensaje }) => mensaje.llave === 'a').map(({ intento }) => intento),
      [1, 2, 1, 1, 1],
    )
    await alDrenar(banco)
  })

  prueba('llave_retenida: con Shared, o sin llave, un rechazado no retiene a ninguno', async (banco) => {
    const topico = nombreNuevo()
    const shared = await apuntar(banco, { topico, nombre: 'shared', manejar: rechazarLaPrimera('1', 5_000) })
    const sinLlave = await apuntar(banco, { topico, nombre: 'por-llave', tipo: 'Key_Shared', manejar: rechazarLaPrimera('1', 5_000) })
    await publicar(banco, topico, serie(4))
    await cuando(banco, 'pasan los demás', () => shared.ids().length === 4 && sinLlave.ids().length === 4)
    await banco.pasar(6_000)
    await alDrenar(banco)
    assert.deepEqual([shared.ids()[4], sinLlave.ids()[4]], ['1', '1'])
  })

  prueba('llave_retenida: por muchas llaves retenidas que haya, con muchos detrás, las otras pasan', async (banco) => {
    const topico = nombreNuevo()
    const rechazadas = serie(700, 'r')
    const { ids, entregas } = await apuntar(banco, {
      topico,
      tipo: 'Key_Shared',
      permisos: 50,
      manejar: async (entrega) => {
        if (entrega.mensaje.id.startsWith('r') && entrega.intento === 1) await entrega.rechazar(30_000, CAUSA)
      },
    })
    await publicar(
      banco,
      topico,
      rechazadas.map((id) => [id, id] as const),
    )
    await publicar(
      banco,
      topico,
      rechazadas.map((llave) => [llave, `detrás de ${llave}`] as const),
    )
    await publicar(
      banco,
      topico,
      serie(300, 'libre').map((id) => [id, id] as const),
    )
    await cuando(banco, 'pasan todas las libres', () => ids().length >= 1_000)
    assert.ok(ids().includes('libre300'))
    assert.ok(
      entregas.every(({ intento }) => intento === 1),
      'las libres tuvieron que esperar a las retenidas',
    )
    await banco.pasar(31_000)
    await alDrenar(banco)
    assert.equal(entregas.length, 700 * 3 + 300)
  })

  prueba('quien tiene todo rechazado conserva sus permisos para lo demás', async (banco) => {
    const topico = nombreNuevo()
    const { ids } = await apuntar(banco, {
      topico,
      permisos: 2,
      manejar: async (e) => (e.mensaje.id === 'bueno' ? undefined : e.rechazar(60_000, CAUSA)),
    })
    await publicar(banco, topico, [...serie(5), 'bueno'])
    await cuando(banco, 'llega el bueno', () => ids().includes('bueno'))
  })
}

export const contratoDeIntentos = (prueba: Prueba): void => {
  for (const salida of ['reabrir', 'caer'] as const) {
    prueba(`intentos_durables: la cuenta y el plazo de un rechazo sobreviven a ${salida}`, async (banco) => {
      const topico = nombreNuevo()
      const rechazar = (entrega: Entrega) => entrega.rechazar(20_000, CAUSA)
      const antes = await apuntar(banco, { topico, tipo: 'Key_Shared', manejar: rechazar })
      await publicar(banco, topico, [
        ['a', 'a1'],
        ['a', 'a2'],
      ])
      await cuando(banco, 'primer intento', () => antes.entregas.length === 1)
      await banco.pasar(21_000)
      await cuando(banco, 'segundo intento', () => antes.entregas.length === 2)
      await banco.pasar(5_000)
      await banco[salida]()
      const despues = await apuntar(banco, { topico, tipo: 'Key_Shared' })
      await publicar(banco, topico, [['b', 'b1']])
      await cuando(banco, 'otra llave pasa', () => despues.ids().length === 1)
      assert.deepEqual(despues.ids(), ['b1'], 'el plazo del rechazo no se respetó')
      await banco.pasar(16_000)
      await alDrenar(banco)
      assert.deepEqual(despues.ids(), ['b1', 'a1', 'a2'])
      assert.equal(despues.entregas[1]?.intento, 3)
    })
  }

  prueba('intentos_durables: cada entrega cuenta antes de correr, también la que no terminó porque el proceso murió', async (banco) => {
    const topico = nombreNuevo()
    const nunca = puerta()
    await publicar(banco, topico, [['a', 'a1']])
    const primera = await apuntar(banco, { topico, manejar: (entrega) => (entrega.intento < 3 ? entrega.rechazar(0, CAUSA) : nunca.pasar) })
    await cuando(banco, 'tercer intento en vuelo', () => primera.entregas.length === 3)
    await banco.caer()
    const segunda = await apuntar(banco, { topico, manejar: () => nunca.pasar })
    await cuando(banco, 'vuelve', () => segunda.entregas.length === 1)
    await banco.caer()
    const tercera = await apuntar(banco, { topico })
    await alDrenar(banco)
    assert.deepEqual(
      [...segunda.entregas, ...tercera.entregas].map(({ intento }) => intento),
      [4, 5],
    )
  })

  prueba('tras una caída, lo que estaba en vuelo vuelve con su intento contado y en el orden de su llave', async (banco) => {
    const topico = nombreNuevo()
    const nunca = puerta()
    const antes = await apuntar(banco, { topico, tipo: 'Key_Shared', manejar: () => nunca.pasar })
    await publicar(banco, topico, [
      ['a', 'a1'],
      ['a', 'a2'],
      ['b', 'b1'],
    ])
    await cuando(banco, 'en vuelo', () => antes.ids().length === 2)
    await banco.caer()
    await publicar(banco, topico, [
      ['a', 'a3'],
      ['b', 'b2'],
    ])
    const despues = await apuntar(banco, { topico, tipo: 'Key_Shared' })
    await alDrenar(banco)
    const de = (llave: string) => despues.ids().filter((id) => id.startsWith(llave))
    assert.deepEqual(
      [de('a'), de('b')],
      [
        ['a1', 'a2', 'a3'],
        ['b1', 'b2'],
      ],
    )
    const intentos = new Map(despues.entregas.map(({ mensaje, intento }) => [mensaje.id, intento]))
    assert.deepEqual([intentos.get('a1'), intentos.get('b1')], [2, 2])
    assert.deepEqual([intentos.get('a3'), intentos.get('b2')], [1, 1], 'lo publicado después de la caída no pudo haberse entregado antes')
  })

  prueba('lo saldado antes de una caída no vuelve', async (banco) => {
    const topico = nombreNuevo()
    const nunca = puerta()
    const antes = await apuntar(banco, {
      topico,
      permisos: 3,
      manejar: ({ mensaje }) => (mensaje.id === '5' ? nunca.pasar : Promise.resolve()),
    })
    await publicar(banco, topico, serie(1_200))
    await cuando(banco, 'saldados casi todos', () => banco.broker.atrasos()[0]?.pendientes === 1)
    await banco.caer()
    const despues = await apuntar(banco, { topico })
    await alDrenar(banco)
    assert.equal(antes.ids().length, 1_200)
    assert.deepEqual(despues.ids(), ['5'])
  })
}
