import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as otraVuelta } from 'node:timers/promises'
import { alDrenar, apuntar, CAUSA, cuando, nombreNuevo, publicar, puerta, serie } from '../../../pruebas/contrato_broker/banco.ts'
import type { Entrega } from '../puerto.ts'
import { abrirBancoEmbebido, type BancoEmbebido } from './banco_de_prueba.ts'

const probar = (nombre: string, cuerpo: (banco: BancoEmbebido, topico: string) => Promise<void>): void =>
  void test(nombre, { timeout: 30_000 }, async () => {
    const banco = await abrirBancoEmbebido()
    await cuerpo(banco, nombreNuevo())
    assert.deepEqual(banco.fallas, [])
    await banco.cerrar()
  })

/** Cuántos manejadores corren a la vez, por mensaje. */
const medidor = () => {
  const aLaVez = new Map<string, number>()
  let corriendo = 0
  const manejar = async ({ mensaje: { id } }: Entrega): Promise<void> => {
    aLaVez.set(id, ++corriendo)
    for (let i = 0; i < 3; i++) await otraVuelta()
    corriendo--
  }
  return { aLaVez, manejar }
}

probar('tras una caída lo posiblemente entregado va de uno en uno, y lo publicado después, a la vez', async (banco, topico) => {
  const nunca = puerta()
  const antes = await apuntar(banco, { topico, permisos: 4, manejar: () => nunca.pasar })
  await publicar(banco, topico, serie(20, 'viejo'))
  await cuando(banco, 'cuatro en vuelo', () => antes.ids().length === 4)
  await banco.caer()
  await publicar(banco, topico, serie(20, 'nuevo'))
  const { aLaVez, manejar } = medidor()
  const despues = await apuntar(banco, { topico, permisos: 4, manejar })
  await alDrenar(banco)
  for (const id of serie(20, 'viejo')) assert.equal(aLaVez.get(id), 1, id)
  assert.equal(Math.max(...serie(20, 'nuevo').map((id) => aLaVez.get(id) ?? 0)), 4)
  const intentos = new Map(despues.entregas.map(({ mensaje, intento }) => [mensaje.id, intento]))
  assert.ok(antes.ids().every((id) => intentos.get(id) === 2))
  assert.ok(serie(20, 'nuevo').every((id) => intentos.get(id) === 1))
})

probar('tras cerrar en orden nada es sospechoso', async (banco, topico) => {
  const quinto = puerta()
  const antes = await apuntar(banco, {
    topico,
    permisos: 1,
    manejar: ({ mensaje }) => (mensaje.id === '5' ? quinto.pasar : Promise.resolve()),
  })
  await publicar(banco, topico, serie(30))
  await cuando(banco, 'cinco', () => antes.ids().length === 5)
  const cierre = banco.reabrir()
  quinto.abrir()
  await cierre
  const { aLaVez, manejar } = medidor()
  const despues = await apuntar(banco, { topico, permisos: 5, manejar })
  await alDrenar(banco)
  assert.equal(Math.max(...aLaVez.values()), 5)
  assert.deepEqual([...antes.ids(), ...despues.ids()], serie(30))
  assert.ok(despues.entregas.every(({ intento }) => intento === 1))
})

probar('cerrar en orden con sospechosos por delante no los olvida: la cuenta de caídas sigue', async (banco, topico) => {
  const nunca = puerta()
  await publicar(banco, topico, ['asesino'])
  for (let vida = 1; vida <= 3; vida++) {
    const { ids } = await apuntar(banco, { topico, manejar: () => nunca.pasar })
    await cuando(banco, 'en vuelo', () => ids().length === 1)
    await banco.caer()
    // Una vida sin consumidores que cierra bien, entre caída y caída.
    const { consumidor } = await apuntar(banco, { topico, manejar: () => assert.fail('no debía correr') })
    await consumidor.cerrar()
    await banco.reabrir()
  }
  await apuntar(banco, { topico, manejar: () => assert.fail('no debía correr una cuarta vez') })
  await alDrenar(banco)
  const [apartado] = await banco.broker.apartados.ver({})
  assert.deepEqual([apartado?.causa.codigo, apartado?.intentos], ['mato_al_proceso', 3])
})

probar('un sospechoso que se rechaza deja pasar a los demás', async (banco, topico) => {
  const nunca = puerta()
  const antes = await apuntar(banco, { topico, manejar: () => nunca.pasar })
  await publicar(banco, topico, ['1', '2', '3'])
  await cuando(banco, 'en vuelo', () => antes.ids().length === 3)
  await banco.caer()
  const { ids } = await apuntar(banco, {
    topico,
    manejar: async (e) => (e.intento === 2 && e.mensaje.id === '1' ? e.rechazar(60_000, CAUSA) : undefined),
  })
  await cuando(banco, 'pasan los demás', () => ids().length === 3)
  await banco.pasar(60_000)
  await alDrenar(banco)
  assert.deepEqual(ids(), ['1', '2', '3', '1'])
})

probar('un sospechoso que vuelve de un rechazo tampoco corre junto a otro', async (banco, topico) => {
  const [nunca, nuevo] = [puerta(), puerta()]
  const antes = await apuntar(banco, { topico, manejar: () => nunca.pasar })
  await publicar(banco, topico, ['sospechoso'])
  await cuando(banco, 'en vuelo', () => antes.ids().length === 1)
  await banco.caer()
  const { ids } = await apuntar(banco, {
    topico,
    manejar: async (entrega) => {
      if (entrega.mensaje.id === 'nuevo') await nuevo.pasar
      else if (entrega.intento === 2) await entrega.rechazar(1_000, CAUSA)
    },
  })
  await cuando(banco, 'rechazado', () => ids().length === 1)
  await publicar(banco, topico, ['nuevo'])
  await cuando(banco, 'el nuevo en vuelo', () => ids().length === 2)
  await banco.pasar(2_000)
  assert.deepEqual(ids(), ['sospechoso', 'nuevo'])
  nuevo.abrir()
  await alDrenar(banco)
  assert.deepEqual(ids(), ['sospechoso', 'nuevo', 'sospechoso'])
})

probar('sólo cuentan las caídas seguidas: un rechazo entre ellas empieza la cuenta', async (banco, topico) => {
  const nunca = puerta()
  await publicar(banco, topico, ['1'])
  for (let vida = 1; vida <= 6; vida++) {
    const { entregas } = await apuntar(banco, { topico, manejar: (e) => (e.intento % 3 === 1 ? e.rechazar(10, CAUSA) : nunca.pasar) })
    await cuando(banco, 'en vuelo', () => (entregas.at(-1)?.intento ?? 1) % 3 !== 1)
    await banco.caer()
  }
  const { entregas } = await apuntar(banco, { topico })
  await alDrenar(banco)
  assert.deepEqual(
    entregas.map(({ intento }) => intento),
    [10],
  )
  assert.deepEqual(await banco.broker.apartados.ver({}), [])
})

probar('caer mientras un rechazo lo retiene no es una caída suya', async (banco, topico) => {
  const nunca = puerta()
  await publicar(banco, topico, ['1'])
  for (let vida = 1; vida <= 3; vida++) {
    const { ids } = await apuntar(banco, {
      topico,
      manejar: (entrega) => (entrega.intento === 1 ? entrega.rechazar(500, CAUSA) : nunca.pasar),
    })
    await banco.pasar(vida === 1 ? 0 : 1_000)
    await cuando(banco, 'manejado', () => ids().length === 1)
    await banco.caer()
  }
  const { entregas } = await apuntar(banco, { topico })
  await alDrenar(banco)
  assert.deepEqual([entregas.length, entregas[0]?.intento], [1, 4])
})

probar('un rechazo guardado con un reloj que después retrocedió no retiene su llave más de un minuto', async (banco, topico) => {
  const antes = await apuntar(banco, { topico, tipo: 'Key_Shared', manejar: (entrega) => entrega.rechazar(5_000, CAUSA) })
  banco.entorno.saltarHora(365 * 24 * 3_600_000)
  await publicar(banco, topico, [['a', 'a1']])
  await cuando(banco, 'rechazado', () => antes.ids().length === 1)
  banco.entorno.saltarHora(-365 * 24 * 3_600_000)
  await banco.reabrir()
  const { ids } = await apuntar(banco, { topico, tipo: 'Key_Shared' })
  await banco.pasar(61_000)
  await alDrenar(banco)
  assert.deepEqual(ids(), ['a1'])
})
