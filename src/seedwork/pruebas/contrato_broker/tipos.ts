import assert from 'node:assert/strict'
import { alDrenar, apuntar, CAUSA, cuando, nombreNuevo, type Prueba, publicar, puerta, serie } from './banco.ts'

export const contratoDeTipos = (prueba: Prueba): void => {
  for (const tipo of ['Failover', 'Exclusive'] as const) {
    prueba(`${tipo}: el tópico entero va en orden y de uno en uno, y el rechazado retiene a los demás`, async (banco) => {
      const topico = nombreNuevo()
      let corriendo = 0
      const { ids } = await apuntar(banco, {
        topico,
        tipo,
        manejar: async (entrega) => {
          assert.equal(++corriendo, 1)
          await Promise.resolve()
          corriendo--
          if (entrega.mensaje.id === 'k2' && entrega.intento === 1) await entrega.rechazar(2_000, CAUSA)
        },
      })
      await publicar(
        banco,
        topico,
        serie(6, 'k').map((id, i) => [`llave${i % 3}`, id] as const),
      )
      await cuando(banco, 'se rechaza el segundo', () => ids().length === 2)
      await banco.pasar(1_000)
      assert.deepEqual(ids(), ['k1', 'k2'])
      await banco.pasar(1_500)
      await alDrenar(banco)
      assert.deepEqual(ids(), ['k1', 'k2', 'k2', 'k3', 'k4', 'k5', 'k6'])
    })
  }

  prueba('Failover: recibe un consumidor; cuando se va sigue otro, donde aquél lo dejó', async (banco) => {
    const topico = nombreNuevo()
    const tercero = puerta()
    const uno = await apuntar(banco, {
      topico,
      tipo: 'Failover',
      manejar: ({ mensaje }) => (mensaje.id === '3' ? tercero.pasar : Promise.resolve()),
    })
    const otro = await apuntar(banco, { topico, tipo: 'Failover' })
    await publicar(banco, topico, serie(6))
    await cuando(banco, 'llega al tercero', () => uno.ids().length === 3)
    const cierre = uno.consumidor.cerrar()
    assert.deepEqual(otro.ids(), [])
    tercero.abrir()
    await cierre
    await alDrenar(banco)
    assert.deepEqual([uno.ids(), otro.ids()], [serie(3), ['4', '5', '6']])
  })

  prueba('Exclusive: el segundo consumidor se rechaza, y cuando el primero se va se puede entrar', async (banco) => {
    const topico = nombreNuevo()
    const primero = await apuntar(banco, { topico, tipo: 'Exclusive' })
    await assert.rejects(apuntar(banco, { topico, tipo: 'Exclusive' }), { codigo: 'suscripcion_ocupada', message: /exclusiva «sub»/ })
    await publicar(banco, topico, ['1'])
    await cuando(banco, 'llega', () => primero.ids().length === 1)
    await alDrenar(banco)
    await primero.consumidor.cerrar()
    const segundo = await apuntar(banco, { topico, tipo: 'Exclusive' })
    await publicar(banco, topico, ['2'])
    await cuando(banco, 'llega al segundo', () => segundo.ids().length === 1)
    assert.deepEqual(segundo.ids(), ['2'])
  })
}
