import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ErrorDominio } from '../../../dominio/errores.ts'
import { alDrenar, apuntar, CAUSA, cuando, leerAlgunos, publicar, serie, unMensaje } from '../../../pruebas/contrato_broker/banco.ts'
import { consultas } from '../../almacen/consultas.ts'
import { filasDanadas } from '../../almacen/suma.ts'
import { abrirBancoEmbebido, type BancoEmbebido } from './banco_de_prueba.ts'
import type { FilaOutbox } from './tablas.ts'

const TOPICO = 'eventos'
const consulta = consultas<{ outbox: FilaOutbox }>()

const probar = (nombre: string, cuerpo: (banco: BancoEmbebido) => Promise<void>): void =>
  void test(nombre, { timeout: 30_000 }, async (t) => {
    const banco = await abrirBancoEmbebido()
    t.after(banco.cerrar)
    await cuerpo(banco)
  })

const porId = consulta((db, p: { id: string }) => db.selectFrom('outbox').selectAll().where('id', '=', p.id))
const ponerEn = (columna: keyof FilaOutbox) =>
  consulta((db, p: { id: string; valor: unknown }) =>
    db
      .updateTable('outbox')
      .set({ [columna]: p.valor })
      .where('id', '=', p.id),
  )

const conUnBitCambiado = (valor: string | number | Uint8Array): string | number | Uint8Array => {
  if (typeof valor === 'number') return valor ^ 1
  const bytes = Buffer.from(valor)
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
  return typeof valor === 'string' ? bytes.toString() : bytes
}

/** Lo que hace un disco: el mensaje guardado cambia sin que nadie lo escriba. */
const danar = (banco: BancoEmbebido, id: string, columna: 'id' | 'llave' | 'propiedades' | 'datos' | 'instante'): Promise<void> =>
  banco.ejecutar(async (tx) => {
    const valor = (await tx.una(porId, { id }))?.[columna]
    assert.ok(valor !== null && valor !== undefined)
    assert.equal(await tx.ejecutar(ponerEn(columna), { id, valor: conUnBitCambiado(valor) }), 1)
  })

const codigos = (errores: readonly unknown[]): unknown[] => errores.map((error) => error instanceof ErrorDominio && error.codigo)

const exigirQueNoSeSirva = async (banco: BancoEmbebido, vistasAntes: number): Promise<void> => {
  const { ids } = await apuntar(banco, { topico: TOPICO })
  await cuando(banco, 'se dice o se entrega', () => banco.fallas.length > 0 || ids().length > 2)
  await banco.pasar(10_000)
  assert.deepEqual(ids(), ['1', '2'])
  assert.deepEqual([...new Set(codigos(banco.fallas))], ['fila_danada'])
  assert.ok((banco.broker.atrasos()[0]?.pendientes ?? 0) > 0)
  await assert.rejects(leerAlgunos(banco, { topico: TOPICO, desde: 'primero' }, 5), { codigo: 'fila_danada', clase: 'no_disponible' })
  assert.ok(filasDanadas() > vistasAntes)
}

for (const columna of ['id', 'llave', 'propiedades', 'datos', 'instante'] as const)
  probar(`un bit cambiado en «${columna}»: ese mensaje no se entrega ni se salta, se dice, y lo de antes llega`, async (banco) => {
    const vistas = filasDanadas()
    const mensajes = serie(5).map((id) => unMensaje({ topico: TOPICO, id, llave: `llave-${id}`, propiedades: { tipo: 'Ocurrido' } }))
    await banco.ejecutar((tx) => banco.broker.publicar(tx, mensajes))
    await danar(banco, '3', columna)
    await exigirQueNoSeSirva(banco, vistas)
  })

probar('uno que el disco vuelve de otra suscripción tampoco se salta', async (banco) => {
  const vistas = filasDanadas()
  await publicar(banco, TOPICO, serie(5))
  await banco.ejecutar((tx) => tx.ejecutar(ponerEn('para'), { id: '3', valor: 'otra' }))
  await exigirQueNoSeSirva(banco, vistas)
})

probar('un apartado dañado no se muestra ni se devuelve', async (banco) => {
  await apuntar(banco, { topico: TOPICO, manejar: (entrega) => entrega.apartar(CAUSA) })
  await publicar(banco, TOPICO, ['1'])
  await alDrenar(banco)
  await banco.ejecutar((tx) => tx.ejecutar(ponerEn('datos'), { id: '1', valor: Buffer.from('2') }))
  await assert.rejects(banco.broker.apartados.ver({}), { codigo: 'fila_danada' })
  await assert.rejects(banco.broker.apartados.reintentar({}), { codigo: 'fila_danada' })
})

probar('uno publicado antes de que hubiera sumas se entrega', async (banco) => {
  await publicar(banco, TOPICO, serie(3))
  await banco.ejecutar((tx) => tx.ejecutar(ponerEn('suma'), { id: '2', valor: null }))
  const { ids } = await apuntar(banco, { topico: TOPICO })
  await alDrenar(banco)
  assert.deepEqual(ids(), serie(3))
  assert.deepEqual(banco.fallas, [])
})
