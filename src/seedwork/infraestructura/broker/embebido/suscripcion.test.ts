import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as otraVuelta } from 'node:timers/promises'
import {
  alDrenar,
  apuntar,
  CAUSA,
  cuando,
  leerAlgunos,
  nombreNuevo,
  publicar,
  puerta,
  serie,
  unMensaje,
} from '../../../pruebas/contrato_broker/banco.ts'
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

probar('sólo cuentan las caídas seguidas: un rechazo entre ellas empieza la cuenta', async (banco, topico) => {
  const nunca = puerta()
  await publicar(banco, topico, ['1'])
  for (let vida = 1; vida <= 6; vida++) {
    const { entregas } = await apuntar(banco, { topico, manejar: (e) => (e.intento % 2 === 0 ? e.rechazar(10, CAUSA) : nunca.pasar) })
    await cuando(banco, 'en vuelo', () => (entregas.at(-1)?.intento ?? 0) % 2 === 1)
    await banco.caer()
  }
  const { entregas } = await apuntar(banco, { topico })
  await alDrenar(banco)
  assert.deepEqual(
    entregas.map(({ intento }) => intento),
    [12],
  )
  assert.deepEqual(await banco.broker.apartados.ver({}), [])
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

probar('cerrar con rechazos en espera no deja temporizadores que hagan algo después', async (banco, topico) => {
  const { ids } = await apuntar(banco, { topico, manejar: (entrega) => entrega.rechazar(1_000, CAUSA) })
  await publicar(banco, topico, serie(5))
  await cuando(banco, 'rechazados', () => ids().length === 5)
  const { entorno } = banco
  await banco.broker.cerrar()
  assert.equal(entorno.temporizadores(), 0)
  await entorno.avanzar(5_000)
  assert.equal(ids().length, 5)
})

probar('suscribir dos veces a la vez abre una sola suscripción con dos consumidores', async (banco, topico) => {
  const opciones = { topico, permisos: 1, manejar: async () => void (await otraVuelta()) } as const
  const [uno, otro] = await Promise.all([apuntar(banco, opciones), apuntar(banco, opciones)])
  await publicar(banco, topico, serie(20))
  await alDrenar(banco)
  assert.equal(banco.broker.atrasos().length, 1)
  assert.deepEqual([...uno.ids(), ...otro.ids()].toSorted(), serie(20).toSorted())
  assert.ok(uno.ids().length > 0 && otro.ids().length > 0)
})

probar('de a un mensaje, los consumidores se turnan', async (banco, topico) => {
  const [uno, otro] = [await apuntar(banco, { topico }), await apuntar(banco, { topico })]
  for (const id of serie(6)) {
    await publicar(banco, topico, [id])
    await alDrenar(banco)
  }
  assert.deepEqual([uno.ids().length, otro.ids().length], [3, 3])
})

probar('tópico y nombre no se confunden aunque lleven barras', async (banco) => {
  const una = await apuntar(banco, { topico: 'a/b', nombre: 'c' })
  const otra = await apuntar(banco, { topico: 'a', nombre: 'b/c' })
  await publicar(banco, 'a/b', ['1'])
  await publicar(banco, 'a', ['2'])
  await alDrenar(banco)
  assert.deepEqual([una.ids(), otra.ids()], [['1'], ['2']])
})

probar('publicar sin parar mientras se lee lo atrasado: ni hueco ni doble entre el log y la memoria', async (banco, topico) => {
  await publicar(
    banco,
    topico,
    serie(1_700).map((id) => [`k${Number(id) % 7}`, id.padStart(5, '0')] as const),
  )
  const { entregas } = await apuntar(banco, { topico, tipo: 'Key_Shared', permisos: 40 })
  let numero = 1_700
  while (numero < 4_500) {
    const tandas = [60, 1, 15].map((cuantos) =>
      Array.from({ length: cuantos }, () => [`k${++numero % 7}`, String(numero).padStart(5, '0')] as const),
    )
    await Promise.all(tandas.map((tanda) => publicar(banco, topico, tanda)))
  }
  await alDrenar(banco)
  assert.equal(entregas.length, numero)
  for (const [llave, suyas] of Map.groupBy(entregas, ({ mensaje }) => mensaje.llave)) {
    const ids = suyas.map(({ mensaje }) => mensaje.id)
    assert.deepEqual(ids, [...new Set(ids)].toSorted(), `la llave ${llave}`)
  }
})

probar('una suscripción atrasada pasa de largo los reintentos de otra, en el log y en memoria', async (banco, topico) => {
  const vistos = new Set<string>()
  const falla = await apuntar(banco, {
    topico,
    nombre: 'falla',
    manejar: async (entrega) => {
      if (vistos.has(entrega.mensaje.id)) return
      vistos.add(entrega.mensaje.id)
      await entrega.apartar(CAUSA)
    },
  })
  const atrasada = await apuntar(banco, { topico, nombre: 'atrasada' })
  await atrasada.consumidor.cerrar()
  await publicar(banco, topico, serie(300))
  await alDrenarDe(banco, 'falla')
  assert.equal(await banco.broker.apartados.reintentar({}), 300)
  await publicar(banco, topico, serie(300, 'más'))
  await alDrenarDe(banco, 'falla')
  await banco.broker.apartados.reintentar({})
  await alDrenarDe(banco, 'falla')
  await banco.reabrir()
  const despues = await apuntar(banco, { topico, nombre: 'atrasada', permisos: 1 })
  assert.equal(banco.broker.atrasos()[0]?.pendientes, 600)
  await alDrenar(banco)
  await publicar(banco, topico, ['fin'])
  await alDrenar(banco)
  assert.deepEqual(despues.ids(), [...serie(300), ...serie(300, 'más'), 'fin'])
  assert.equal(falla.ids().length, 1_200)
})

const alDrenarDe = (banco: BancoEmbebido, nombre: string): Promise<void> =>
  cuando(banco, `${nombre} al día`, () =>
    banco.broker.atrasos().some(({ suscripcion, pendientes }) => suscripcion === nombre && pendientes === 0),
  )

probar('leer desde el último, con una tx abierta, entrega lo que ella confirme después', async (banco, topico) => {
  await publicar(banco, topico, ['antes'])
  const lecturas: Promise<{ id: string }[]>[] = []
  await banco.ejecutar(async (tx) => {
    await banco.broker.publicar(tx, [unMensaje({ topico, id: 'en curso' })])
    const instante = banco.entorno.reloj.ahora() + 1
    lecturas.push(leerAlgunos(banco, { topico, desde: 'ultimo' }, 1), leerAlgunos(banco, { topico, desde: { instante } }, 1))
    for (let i = 0; i < 20; i++) await Promise.resolve()
  })
  const leidos = await Promise.all(lecturas)
  assert.deepEqual(
    leidos.map(([primero]) => primero?.id),
    ['en curso', 'en curso'],
  )
})
