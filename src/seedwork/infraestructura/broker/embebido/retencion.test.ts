import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alDrenar, apuntar, CAUSA, cuando, idsDe, leerAlgunos, publicar, serie } from '../../../pruebas/contrato_broker/banco.ts'
import { type Entrega, topicoDeApartados } from '../puerto.ts'
import { abrirBancoEmbebido, type BancoEmbebido } from './banco_de_prueba.ts'
import { borrarVencidos } from './retencion.ts'

const TOPICO = 'eventos'

const probar = (nombre: string, cuerpo: (banco: BancoEmbebido) => Promise<void>): void =>
  void test(nombre, async () => {
    const banco = await abrirBancoEmbebido()
    await cuerpo(banco)
    await banco.cerrar()
  })

/** Los que quedan en el log, leídos desde el primero. */
const quedan = async (banco: BancoEmbebido, cuantos: number, topico = TOPICO): Promise<string[]> =>
  idsDe(await leerAlgunos(banco, { topico, desde: 'primero' }, cuantos))

/** Borra lo vencido hace nada, y dice cuánto. */
const borrarTodoLoPosible = async (banco: BancoEmbebido): Promise<number> => {
  await banco.pasar(10)
  return borrarVencidos(banco.almacen, banco.entorno.reloj.ahora())
}

probar('se borra lo vencido que nadie espera, pero nunca el último de un tópico', async (banco) => {
  await publicar(banco, TOPICO, serie(5))
  await publicar(banco, 'otro', ['único'])
  assert.equal(await borrarTodoLoPosible(banco), 4)
  assert.equal(await borrarTodoLoPosible(banco), 0)
  assert.deepEqual(await quedan(banco, 1), ['5'])
  assert.deepEqual(await quedan(banco, 1, 'otro'), ['único'])
})

probar('lo que todavía no vence se queda', async (banco) => {
  await publicar(banco, TOPICO, serie(3))
  await banco.pasar(1_000)
  await publicar(banco, TOPICO, ['4', '5', '6'])
  assert.equal(await borrarVencidos(banco.almacen, banco.entorno.reloj.ahora() - 500), 3)
  assert.deepEqual(await quedan(banco, 3), ['4', '5', '6'])
})

probar('lo que una suscripción espera no se borra, esté conectada o no, ni lo que viene después de un rechazado', async (banco) => {
  const manejar = async (entrega: Entrega) => {
    if (entrega.mensaje.id === '3' && entrega.intento === 1) await entrega.rechazar(3_600_000, CAUSA)
  }
  const lenta = await apuntar(banco, { topico: TOPICO, nombre: 'lenta', manejar })
  const rapida = await apuntar(banco, { topico: TOPICO, nombre: 'rapida' })
  await publicar(banco, TOPICO, serie(8))
  await cuando(banco, 'casi todo saldado', () => lenta.ids().length === 8 && rapida.ids().length === 8)
  await banco.reabrir()
  assert.equal(await borrarTodoLoPosible(banco), 2)
  assert.deepEqual(await quedan(banco, 6), ['3', '4', '5', '6', '7', '8'])
  const despues = await apuntar(banco, { topico: TOPICO, nombre: 'lenta' })
  await banco.pasar(61_000)
  await alDrenar(banco)
  assert.deepEqual(despues.ids(), ['3'])
  await banco.reabrir()
  assert.equal(await borrarTodoLoPosible(banco), 5)
})

probar('lo apartado no se borra', async (banco) => {
  const { ids } = await apuntar(banco, { topico: TOPICO, manejar: (entrega) => entrega.apartar(CAUSA) })
  await publicar(banco, TOPICO, serie(5))
  await cuando(banco, 'apartados', () => ids().length === 5)
  await alDrenar(banco)
  await banco.reabrir()
  await borrarTodoLoPosible(banco)
  assert.deepEqual(await quedan(banco, 5, topicoDeApartados(TOPICO, 'sub')), serie(5))
  assert.equal((await banco.broker.apartados.ver({})).length, 5)
})

probar('el broker limpia solo, cada cierto tiempo, y de más de una página', async (banco) => {
  await publicar(banco, TOPICO, serie(2_500))
  await banco.pasar(9 * 60_000)
  assert.equal((await quedan(banco, 2_500)).length, 2_500)
  await banco.pasar(12 * 60_000)
  assert.deepEqual(await quedan(banco, 1), ['2500'])
  assert.deepEqual(banco.fallas, [])
})

probar('una posición nunca se usa dos veces: ni tras borrar y reabrir, ni tras una tx deshecha y una caída', async (banco) => {
  const { entregas } = await apuntar(banco, { topico: TOPICO })
  await publicar(banco, TOPICO, serie(3, 'a'))
  await alDrenar(banco)
  await banco.reabrir()
  await borrarTodoLoPosible(banco)
  await banco.reabrir()
  const segunda = await apuntar(banco, { topico: TOPICO })
  await publicar(banco, TOPICO, serie(2, 'b'))
  const deshecha = banco.ejecutar(async (tx) => {
    await banco.broker.publicar(tx, [{ topico: TOPICO, id: 'nunca', llave: null, datos: new Uint8Array(), propiedades: {} }])
    throw new Error('deshecha')
  })
  await assert.rejects(deshecha, /deshecha/)
  await alDrenar(banco)
  await banco.caer()
  const tercera = await apuntar(banco, { topico: TOPICO })
  await publicar(banco, TOPICO, serie(2, 'c'))
  await alDrenar(banco)
  const entregadas = [entregas, segunda.entregas, tercera.entregas]
    .flat()
    .map(({ mensaje }) => ({ id: mensaje.id, numero: Number(mensaje.posicion.split('.')[1]) }))
  assert.deepEqual(idsDe(entregadas), ['a1', 'a2', 'a3', 'b1', 'b2', 'c1', 'c2'])
  const numeros = entregadas.map(({ numero }) => numero)
  assert.deepEqual(
    numeros,
    [...new Set(numeros)].toSorted((a, b) => a - b),
  )
})
