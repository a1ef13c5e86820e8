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
import { leerAcuses, leerIntentos } from './tablas.ts'

const probar = (nombre: string, cuerpo: (banco: BancoEmbebido, topico: string) => Promise<void>): void =>
  void test(nombre, { timeout: 30_000 }, async () => {
    const banco = await abrirBancoEmbebido()
    await cuerpo(banco, nombreNuevo())
    assert.deepEqual(banco.fallas, [])
    await banco.cerrar()
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

probar('una suscripción con parte en el log no salta nada cuando otra recibe reintentos', async (banco, topico) => {
  const vistos = new Set<string>()
  const primera = puerta()
  const falla = await apuntar(banco, {
    topico,
    nombre: 'falla',
    manejar: async (entrega) => {
      if (entrega.mensaje.id !== '1' || vistos.has('1')) return
      vistos.add('1')
      await entrega.apartar(CAUSA)
    },
  })
  const sana = await apuntar(banco, { topico, nombre: 'sana', permisos: 1, manejar: () => primera.pasar })
  await publicar(banco, topico, serie(2_500))
  await alDrenarDe(banco, 'falla')
  assert.equal(await banco.broker.apartados.reintentar({}), 1)
  await alDrenarDe(banco, 'falla')
  primera.abrir()
  await alDrenar(banco)
  assert.deepEqual(sana.ids(), serie(2_500))
  assert.equal(falla.ids().length, 2_501)
})

probar('los acuses y los intentos ya saldados no se acumulan', async (banco, topico) => {
  const contar = async (): Promise<number[]> => {
    const de = { topico, nombre: 'sub', desde: 0 }
    const { lector } = banco.almacen
    return [(await lector.todas(leerAcuses, de)).length, (await lector.todas(leerIntentos, de)).length]
  }
  const manejar = async (entrega: Entrega) =>
    entrega.mensaje.id === 'malo' && entrega.intento === 1 ? entrega.rechazar(5, CAUSA) : undefined
  await apuntar(banco, { topico, permisos: 50, manejar })
  await publicar(banco, topico, serie(1_500))
  await alDrenar(banco)
  const [acuses = 0] = await contar()
  assert.ok(acuses < 1_024, `quedaban ${acuses} acuses`)
  await publicar(banco, topico, ['malo'])
  await alDrenar(banco)
  assert.equal((await contar())[1], 1)
  await banco.reabrir()
  assert.deepEqual(await contar(), [0, 0])
})

probar('una suscripción que se abría mientras el broker cerraba no entrega nada después', async (banco, topico) => {
  const { broker } = banco
  const apertura = apuntar(banco, { topico })
  await broker.cerrar()
  const { ids } = await apertura
  await publicar(banco, topico, ['1'])
  await banco.pasar(1_000)
  assert.deepEqual(ids(), [])
})

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
